"""Words in a question that are misspelt, and names that no source may know.

What holds for one medicine may be false or dangerous for another, however alike the names look.
So a name with one slip is put right where only one medicine can be meant ("sertaline"), and a name
that looks like a medicine, or stands where one stands, and is none that is known ("zolurapine")
counts as a medicine of its own: only a passage that names it may answer.
"""

from __future__ import annotations

import re
from calendar import day_name, month_name
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache

from rapidfuzz import process
from rapidfuzz.distance import DamerauLevenshtein

from rag.ingest.lexicon import english_words
from rag.verify.medicines import substance_of
from rag.verify.words import words

_WORD = re.compile(r"(?<![\w'’])[A-Za-z]{5,}(?![\w'’])")
# Ends of international non-proprietary names (WHO, "The use of stems in the selection of INN",
# 2018) that medicines of the mind, and what is taken beside them, have.
_STEM = re.compile(
    r"\w{2,}(?:azepam|azolam|apine|epine|azine|oxetine|ipramine|triptyline|triptan|peridol|peridone"
    r"|piprazole|prazole|pram|azodone|ospirone|idone|olol|sartan|statin|gliptin|glutide|orexant"
    r"|tiracetam|gabalin|barbital|trexone|setron|fenidate|amfetamine|amphetamine|racetam|oxicam"
    r"|cillin|mycin|floxacin|conazole|zumab|ximab|nersen|ketamine|lamine|lazine|tadine|xifene)",
)
_TAKEN = re.compile(
    r"\b(?:take|taking|takes|took|prescribed(?: me)?|doses? of|mg of|effects? of|start(?:ed|ing)?"
    r"|stopp?(?:ed|ing)?|tablets? of|switch(?:ed|ing)? (?:from|to)|come off|coming off)\s+"
    # Whoever is taken somewhere, or stopped from something, is no medicine.
    r"(?P<name>[a-z]{5,})\b(?!\s+(?:to|out|home|back|into|along|away|up|there|shopping|from)\b)",
)
_DOSED = re.compile(
    r"\b(?P<name>[a-z]{5,})\s+(?:tablets?|capsules?|\d+\s?(?:mg|milligrams?|ml)\b|withdrawal)",
)
# "The Hartwell-Brandt method": named after people, whom a passage on it would name too.
_NAMED_AFTER = re.compile(
    r"\b(?P<name>[A-Z][a-z]{3,}(?:-[A-Z][a-z]{3,})*)\s+(?:[A-Z][a-z]+\s+)?(?i:method"
    r"|technique|protocol|therapy|treatment|approach|programme?|syndrome|disorder|scale|inventory"
    r"|test|tapping|healing|reset|release)\b",
)
# No names, though they look like one or stand where one stands.
_NO_NAMES = frozenset({"benzodiazepine", *map(str.lower, (*day_name, *month_name))})
_NEAR = 4  # words between two names that are asked about together


def mended(question: str, is_told: Callable[[str], bool]) -> str:
    """The question with each name of a medicine that has one slip in it put right, where one
    medicine alone can be meant; so with other words that are no English, in lower case, where one
    word alone of those that the sources hold can be meant.

    Args:
        is_told: whether the sources hold a word.

    >>> mended("can sertaline or zolurapine make me sleepy", {"sleepy"}.__contains__)
    'can sertraline or zolurapine make me sleepy'
    >>> mended("so exhuasted", {"exhausted"}.__contains__)
    'so exhausted'
    """

    def mend(match: re.Match[str]) -> str:
        word = match[0].lower()
        if (known := _known_as(word)) is not None:
            return known
        # The sources hold most words, so the dictionary is seldom read.
        if match[0] != word or word in substance_of() or is_told(word) or _is_word(word):
            return match[0]
        near = {form for form in _slips_of(word) if _is_likely(word, form) and is_told(form)}
        return near.pop() if len(near) == 1 else match[0]

    return _WORD.sub(mend, question)


def unknown_names(question: str) -> tuple[str, ...]:
    """Names, in lower case and in the order of the question, that look like a medicine or a method
    named after somebody, and are no known medicine and no English word.

    >>> unknown_names("Is Brentolazine better than sertraline?")
    ('brentolazine',)
    """
    lower = question.lower()
    maybe = [
        *(word for word in _WORD.findall(lower) if _STEM.fullmatch(word)),
        *(match["name"] for pattern in (_TAKEN, _DOSED) for match in pattern.finditer(lower)),
    ]
    found = {name for name in maybe if not _near_known(name)}
    found |= {
        part.lower()
        for match in _NAMED_AFTER.finditer(question)
        for part in match["name"].split("-")
        if not _is_word(part.lower())
    }
    return tuple(sorted(found, key=lower.index))


def must_be_named(question: str) -> frozenset[str]:
    """The unknown names that a passage has to hold to answer: all of them, or where a known
    medicine is named too, those that stand near it ("levothyroxine with sertraline"). Far from it
    they belong to the story.

    >>> sorted(must_be_named("Can I take zolurapine with sertraline?"))
    ['zolurapine']
    """
    unknown = unknown_names(question)
    if not unknown:
        return frozenset()
    spoken = re.findall(r"[a-z]+", question.lower())
    known = [at for at, word in enumerate(spoken) if word in substance_of()]
    return frozenset(
        name
        for name in unknown
        if not known or min(abs(at - spoken.index(name)) for at in known) <= _NEAR
    )


def unknown_note(question: str, texts: Iterable[str]) -> str:
    """What the reader must be told of names that none of the `texts` holds, or ""."""
    unknown = unknown_names(question)
    if not unknown:
        return ""
    held = {word for text in texts for word in names_in(words(text))}
    missing = [name for name in unknown if name not in held]
    if not missing:
        return ""
    shown = " or ".join(question[(at := question.lower().index(m)) : at + len(m)] for m in missing)
    return f"I find nothing on {shown} in my sources. If the name may be misspelt, please check it."


def names_in(spoken: Iterable[str]) -> frozenset[str]:
    """The lower-cased words of a text as names: "asperger's" is "asperger"."""
    return frozenset(word.removesuffix("'s") for word in spoken)


@lru_cache(maxsize=4096)
def _known_as(word: str) -> str | None:
    """The one known name that is a slip away from `word`, unless that is a word itself."""
    known = substance_of()
    if word in known or word.removesuffix("s") in known:
        return None
    near = [
        name
        for name, _, _ in process.extract(
            word, known.keys(), scorer=DamerauLevenshtein.distance, score_cutoff=1, limit=None
        )
        if name[0] == word[0] and len(name) > 4
    ]
    if len({known[name] for name in near}) != 1 or _is_word(word):
        return None
    return near[0]


@lru_cache(maxsize=4096)
def _near_known(word: str) -> bool:
    """Whether `word` is a medicine that is known, an English word, or a slip away from one."""
    one = word.removesuffix("s")
    return (
        not {word, one}.isdisjoint(substance_of().keys() | _NO_NAMES)
        or word.endswith("ing")  # "stop doomscrolling"
        or _is_word(word)
        or _mistyped(word)
    )


def _is_word(word: str) -> bool:
    return any(form in english_words() for form in (word, word.removesuffix("s")))


def _is_likely(typed: str, meant: str) -> bool:
    """First letters are seldom mistyped (Yannakoudakis and Fawthrop 1983), and another letter in
    five makes another word too easily."""
    changed = len(typed) == len(meant) and sorted(typed) != sorted(meant)
    return meant[:1] == typed[0] and meant in english_words() and not (changed and len(typed) < 6)


def _mistyped(word: str) -> bool:
    return any(form in english_words() for form in _slips_of(word))


def _slips_of(word: str) -> Iterator[str]:
    """What comes of one letter left out, put in, changed, or swapped with the next."""
    letters = "abcdefghijklmnopqrstuvwxyz"
    for at in range(len(word) + 1):
        head, tail = word[:at], word[at:]
        yield head + tail[1:]
        yield head + tail[1:2] + tail[:1] + tail[2:]
        for letter in letters:
            yield head + letter + tail
            yield head + letter + tail[1:]
