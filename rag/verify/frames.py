"""Words of one kind (numbers' units, classes of medicines, groups, strengths) and what they mean.

Each kind lists meanings; a meaning lists the ways of saying it. Two words of one kind and different
meanings cannot stand in the same place of the same sentence, unless one includes the other.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from rag.verify.antonyms import opposite
from rag.verify.medicines import substance_of
from rag.verify.words import stem

_MEANINGS: Mapping[str, tuple[str, ...]] = {
    "unit": (
        "second|seconds", "minute|minutes", "hour|hours|hourly", 
        "day|days|daily|night|nights|every day|each day|every night|each night|every morning",
        "week|weeks|weekly|every week|each week", "month|months|monthly|every month",
        "year|years|yearly|annual|annually|every year|each year",
        "decade|decades", "percent|per cent", "mg|milligram|milligrams",
        "mcg|microgram|micrograms",
        "g|gram|grams", "million", "billion", "thousand",
    ),
    "class of medicines": (
        "antidepressant|antidepressants", "ssri|ssris|selective serotonin reuptake inhibitors",
        "snri|snris", "maoi|maois", "tricyclic|tricyclics|tcas", "antipsychotic|antipsychotics",
        "stimulant|stimulants", "benzodiazepine|benzodiazepines", "beta blocker|beta blockers",
        "mood stabilizer|mood stabilizers|mood stabiliser|mood stabilisers",
        "antibiotic|antibiotics", "corticosteroid|corticosteroids|steroids", "opioid|opioids",
        "anticonvulsant|anticonvulsants|antiepileptics", "antihistamine|antihistamines",
        "statin|statins",
        "diuretic|diuretics", "vitamin|vitamins", "nsaids|anti inflammatory drugs",
    ),
    "therapy": (
        "cognitive behavioral therapy|cognitive behavioural therapy|cbt",
        "exposure therapy|exposure",
        "dialectical behavior therapy|dialectical behaviour therapy|dbt", "light therapy",
        "interpersonal therapy|interpersonal psychotherapy|ipt", "family therapy", "group therapy",
        "electroconvulsive therapy|ect", "acupuncture", "surgery", "chemotherapy",
        "radiation therapy", "physical therapy|physiotherapy", "exercise", "meditation",
        "psychotherapy|talk therapy|talking therapy",
    ),
    "condition": (
        "depression|depressive", "schizophrenia", "autism", "adhd", "anxiety", "dementia",
        "epilepsy",
        "diabetes", "asthma", "migraine|migraines", "psychosis", "bipolar disorder",
        "panic disorder",
        "eating disorder|eating disorders", "insomnia", "stroke", "cancer", "heart disease",
        "high blood pressure|hypertension", "obesity", "arthritis", "alcohol use disorder",
        "substance use disorder|substance use disorders", "borderline personality disorder|bpd",
        "ptsd",
        "ocd|obsessive compulsive disorder", "phobia|phobias", "anorexia", "bulimia", "mania",
        "hypomania", "sleep apnea|sleep apnoea", "anemia|anaemia",
    ),
    "group": (
        "child|children|kids", "adult|adults",
        "teenager|teenagers|teens|teenage|adolescents|adolescent",
        "infant|infants|babies|baby|newborns", "man|men|male|males", "woman|women|female|females",
        "boy|boys", "girl|girls", "older adults|older adult|older people|elderly|seniors",
        "doctor|doctors|physicians",
        "patient|patients", "family members|family member|relatives", "strangers", "colleagues",
        "young adults|young people", "veterans", "pregnant women", "parents", "students",
    ),
}  # fmt: skip

# Kinds with an order: a claim may say less than the passage, never more, and never the opposite.
_ORDERED: Mapping[str, tuple[str, ...]] = {
    "amount": (
        "no|none|none of the|never|nobody", "few|hardly any|rarely|seldom|least",
        "some|several|a few|sometimes|occasionally", "many|often|commonly|frequently|a lot of",
        "most|usually|generally|typically|mostly|mainly", "all|every|always|everyone|entirely|only",
    ),
    "certainty": (
        "cannot|can't|must never|must not|impossible", "may|might|can|could|possibly|possible",
        "likely|probably|should|tends to|appears to|seems to|is thought to|are thought to",
        "will|must|certainly|definitely|is proven to|are proven to|certain|proves|prove",
    ),
    "limit": ("at most|no more than|less than|fewer than|up to|under|below",
              "at least|more than|or more|over|above"),
}  # fmt: skip
# What is included in what: a passage on SSRIs may be put as "antidepressants".
_INCLUDES: Mapping[str, frozenset[str]] = {
    "antidepressant": frozenset({"ssri", "snri", "maoi", "tricyclic"}),
    "psychotherapy": frozenset(
        {"cognitive behavioral therapy", "exposure therapy", "interpersonal therapy",
         "dialectical behavior therapy", "family therapy", "group therapy"}
    ),
    "adult": frozenset({"man", "woman", "older adults", "young adults", "veterans"}),
    "child": frozenset({"infant", "boy", "girl", "teenager"}),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Token:
    """A word or phrase of a sentence: its kind ("" for a plain word) and what it means."""

    kind: str
    meaning: str
    surface: str
    rank: int = 0  # its place in the order of an ordered kind


@cache
def _lexicon() -> Mapping[tuple[str, ...], Token]:
    """Every known phrase as a tuple of lower-cased words."""
    found: dict[tuple[str, ...], Token] = {}
    for kinds in (_MEANINGS, _ORDERED):
        for kind, meanings in kinds.items():
            for rank, ways in enumerate(meanings):
                name = ways.partition("|")[0]
                for way in ways.split("|"):
                    found[tuple(way.split())] = Token(kind, name, way, rank)
    for name, substance in substance_of().items():
        found[(name,)] = Token("medicine", substance, name)
    return found


_LONGEST = 4  # words in a phrase of the lexicon


def tokens(words: Sequence[str]) -> tuple[Token, ...]:
    """Lower-cased words as tokens, the longest known phrase first."""
    lexicon = _lexicon()
    found: list[Token] = []
    i = 0
    while i < len(words):
        for length in range(min(_LONGEST, len(words) - i), 0, -1):
            token = lexicon.get(tuple(words[i : i + length]))
            if token:
                break
        else:
            length, token = 1, _plain(words[i])
        found.append(token)
        i += length
    return tuple(found)


_NOT_A_NUMBER = re.compile(r"[^\d.]")  # commas, ordinals ("9th"), units written on ("40cm")


def _plain(word: str) -> Token:
    if word[0].isdigit():
        return Token("number", _NOT_A_NUMBER.sub("", word).rstrip("."), word)
    return Token("", stem(word), word)


def conflict(claimed: Token, stated: Token) -> bool:
    """Whether the claim's token says something else, or more, than the passage's in its place."""
    if claimed.kind != stated.kind or claimed.meaning == stated.meaning:
        return False
    if not claimed.kind:
        return opposite(claimed.meaning, stated.meaning)
    if claimed.kind == "amount":
        denies = (claimed.rank <= 1) != (stated.rank <= 1)
        return denies or claimed.rank > stated.rank + 1 or (claimed.rank == 5) > (stated.rank == 5)
    if claimed.kind == "certainty":
        return claimed.rank > stated.rank or claimed.rank == 0
    if claimed.kind == "number":  # "2018-19" for 2018-2019, "9" for "9.0"
        return not stated.meaning.endswith(claimed.meaning)
    return stated.meaning not in _INCLUDES.get(claimed.meaning, frozenset())
