"""The certain checks: each says in plain words why a claim contradicts its evidence, or nothing.

They fire only on what can be read off the text (a number, a negation, a named medicine), so that
a reason given here holds whatever the model thinks.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from rag.verify.alignment import (
    NEGATORS,
    Alignment,
    Analysed,
    EvidenceText,
    barely,
    negated_stems,
)
from rag.verify.medicines import substances
from rag.verify.parts import no_part_added
from rag.verify.quantities import Quantity, quantities, shares
from rag.verify.roles import roles_agree
from rag.verify.substitution import no_substitution
from rag.verify.words import fold, stem

Check = Callable[[Analysed, EvidenceText, Alignment], str | None]

# Share of the claim's content words that one evidence sentence must hold before the two are
# compared word by word; below it they may speak of different things.
_COMPARABLE = 0.6
# A lone "not" elsewhere in a sentence is common, so ask for more. Of the written answers that the
# model learnt from, what a "not" refuses is unsupported in 52% at 0.7 to 0.8 of the words, where
# chance is 43%, in 62% at 0.8 to 0.9, and in 78% above.
_NEARLY_THE_SAME = 0.8
_ROUGHLY = (
    "about", "around", "roughly", "nearly", "almost", "approximately", "some", "over", "above",
    "under", "more than", "less than", "close to", "up to", "at least",
)  # fmt: skip


def quantities_agree(claim: Analysed, evidence: EvidenceText, aligned: Alignment) -> str | None:
    """Every number of the claim, with its unit, is stated in the evidence."""
    for quantity in claim.quantities:
        if any(quantity.agrees_with(other) for other in evidence.quantities):
            continue
        if _is_rounded(quantity, claim.text) and any(map(quantity.is_near, evidence.quantities)):
            continue
        if quantity.is_small_count and not (
            aligned.coverage >= _COMPARABLE and aligned.sentence.quantities
        ):
            continue
        return f"number: the cited passage does not state “{quantity.surface}”"
    return None


def _is_rounded(quantity: Quantity, text: str) -> bool:
    """Whether the claim itself says that the number is no exact one: "about 75%"."""
    before = text[: max(0, text.find(quantity.surface))].lower().rstrip("$€£ ")
    return before.endswith(_ROUGHLY)


def shares_agree(claim: Analysed, evidence: EvidenceText, aligned: Alignment) -> str | None:
    """ "One in five" is not put for "one in ten". Nothing is said where the passage puts it
    otherwise ("a quarter")."""
    others = shares(aligned.sentence.text)
    if not others or aligned.coverage < _COMPARABLE:
        return None
    stated = (*shares(evidence.text), *evidence.quantities)
    for share in shares(claim.text):
        if not any(share.agrees_with(other) for other in stated):
            return f"number: the cited passage says “{others[0].surface}”, not “{share.surface}”"
    return None


_QUOTED = re.compile(r'"((?:[^\s"]+\s+){4,}[^\s"]+)"')  # five words or more: not a term or a title


def quotes_are_verbatim(claim: Analysed, evidence: EvidenceText, _: Alignment) -> str | None:
    """Words between quotation marks stand in the evidence as they are."""
    source = fold(evidence.text).lower()
    for quoted in _QUOTED.findall(fold(claim.text)):
        if quoted.lower().rstrip(".,;!?") not in source:
            return f"quote: “{quoted}” is not in the cited passage"
    return None


def medicines_agree(claim: Analysed, evidence: EvidenceText, _: Alignment) -> str | None:
    """Every medicine that the claim names is named in the evidence (a brand is its substance)."""
    named = substances(claim.words)
    if not named:
        return None
    known = substances(word for sentence in evidence.sentences for word in sentence.words)
    missing = sorted(named - known)
    return f"name: the cited passage does not mention {', '.join(missing)}" if missing else None


_POPULATIONS: dict[str, str] = {
    word: group
    for group, members in {
        "children": "child children kid kids paediatric pediatric childhood",
        "teenagers": "teen teens teenager teenagers adolescent adolescents adolescence youth",
        "infants": "infant infants baby babies newborn newborns toddler toddlers",
        "adults": "adult adults adulthood",
        "older people": "elderly older seniors",
        "women": "woman women female females mother mothers girl girls",
        "men": "man men male males father fathers boy boys",
        "pregnancy": "pregnant pregnancy pregnancies perinatal antenatal postnatal postpartum",
    }.items()
    for word in members.split()
}


def populations_agree(claim: Analysed, evidence: EvidenceText, aligned: Alignment) -> str | None:
    """A group of people named in the claim is named in the evidence, when it names another."""
    claimed = {_POPULATIONS[w] for w in claim.words if w in _POPULATIONS}
    stated = {_POPULATIONS[w] for s in evidence.sentences for w in s.words if w in _POPULATIONS}
    missing = sorted(claimed - stated)
    aligned_groups = {_POPULATIONS[w] for w in aligned.sentence.words if w in _POPULATIONS}
    if missing and aligned.coverage >= _COMPARABLE and aligned_groups - claimed:
        return f"population: the cited passage does not speak of {', '.join(missing)}"
    return None


def negation_agrees(claim: Analysed, _: EvidenceText, aligned: Alignment) -> str | None:
    """What the evidence denies is not affirmed, nor the other way round."""
    if aligned.coverage < _NEARLY_THE_SAME:
        return None
    mine, theirs = negated_stems(claim), negated_stems(aligned.sentence)
    denied = (mine - theirs) & aligned.sentence.stem_set | (theirs - mine) & claim.stem_set
    # "X can harm, so do not take X" denies one X and not the other.
    said = (*claim.stems, *aligned.sentence.stems)
    denied = frozenset(stem for stem in denied if said.count(stem) <= 2)
    affirmed = aligned.sentence if mine else claim
    if denied and not (mine and theirs) and not barely(affirmed.words):
        return "negation: the claim and the cited passage say opposite things"
    return None


_OPPOSITES = [
    tuple(frozenset(stem(w) for w in side.split()) for side in pair)
    for pair in (
        ("increase increases raise raises rise grow higher",
         "decrease decreases reduce reduces lower lowers fall"),
        ("improve improves better ease eases relieve", "worsen worsens worse aggravate"),
        ("start begin starting", "stop end stopping discontinue"),
        ("more", "less fewer"), ("before", "after"), ("safe", "unsafe dangerous harmful"),
        ("effective", "ineffective"), ("common", "rare uncommon"), ("always", "never rarely"),
        ("recommended", "discouraged"), ("allow", "forbid prohibit"),
        ("cause causes", "prevent prevents"), ("cause caused linked related", "unrelated"),
        ("early", "late"), ("short", "long"),
        ("first", "last"), ("mild", "severe"), ("gradually slowly", "suddenly abruptly quickly"),
        ("weekly", "daily"), ("outside", "inside"), ("physical", "psychological"),
    )
]  # fmt: skip


def directions_agree(claim: Analysed, _: EvidenceText, aligned: Alignment) -> str | None:
    """A word of direction (raise, worsen, before) is not swapped for its opposite."""
    if aligned.coverage < _COMPARABLE:
        return None
    claimed = {stem(w) for w in claim.words}
    stated = {stem(w) for w in aligned.sentence.words}
    for left, right in _OPPOSITES:
        for mine, theirs in ((left, right), (right, left)):
            swapped = claimed & mine and stated & theirs
            if not swapped or claimed & theirs or stated & mine:
                continue
            if not ("after" in mine | theirs and _turned_round(claim.text, aligned.sentence.text)):
                return f"direction: the cited passage says “{min(stated & theirs)}”"
    return None


_LENGTH = r"((?:about |around |up to )?(?:\w+ (?:to|or) )?\w+ \w+)"
_AFTER = re.compile(rf"\bafter {_LENGTH}", re.IGNORECASE)
_TAKES_BEFORE = re.compile(
    rf"\b(?:takes?|needs?|waits?) {_LENGTH}(?: \w+){{0,3}} before\b", re.IGNORECASE
)


def _turned_round(claim: str, stated: str) -> bool:
    """ "Better after two weeks" for "it takes two weeks before people get better"."""
    for one, other in ((claim, stated), (stated, claim)):
        behind = _AFTER.search(one)
        front = _TAKES_BEFORE.search(other)
        if behind and front:
            spans = [{(q.value, q.dimension) for q in quantities(m[1])} for m in (behind, front)]
            if spans[0] & spans[1]:
                return True
    return False


_UNIVERSAL = frozenset(
    "all every always everyone everybody never nobody none guaranteed guarantees definitely "
    "certainly cures cured proven completely entirely must".split()
)
_PARTIAL = frozenset(
    "some many most often may might can could sometimes usually few several partly possibly "
    "perhaps likely generally typically".split()
)


_TIMES = frozenset("day night morning evening week month year time hour".split())
_ALL_IDIOMS = frozenset("at once through along over same".split())  # "all at once", "all through"
_NEAR = 5  # words before "at all" in which it may be denied
# Whoever says one of these says the other.
_SAME_UNIVERSAL = {"everybody": "everyone", "none": "nobody"}


def _universal(words: Sequence[str]) -> frozenset[str]:
    """The words that leave nobody out. "Every day" says how often, "not all" leaves some out."""
    found = set()
    for i, word in enumerate(words):
        following = set(words[i + 1 : i + 2])
        idiom = following & (_TIMES | _ALL_IDIOMS if word == "all" else _TIMES)
        empty = _says_nothing(words, i)
        named = word == "all" and tuple(words[i + 1 : i + 3]) in (("of", "which"), ("of", "whom"))
        denied = set(words[max(0, i - 1) : i]) & NEGATORS
        if word in _UNIVERSAL and not (idiom or empty or named or denied):
            found.add(_SAME_UNIVERSAL.get(word, word))
    return frozenset(found)


def _says_nothing(words: Sequence[str], place: int) -> bool:
    """Whether this is the "all" of "no alcohol at all" or the "must" of "a must"."""
    before = tuple(words[max(0, place - 1) : place])
    if words[place] == "must":
        return before == ("a",)
    denied = NEGATORS.intersection(words[max(0, place - _NEAR) : place])
    return words[place] == "all" and before == ("at",) and bool(denied)


def strength_agrees(claim: Analysed, evidence: EvidenceText, aligned: Alignment) -> str | None:
    """“Some” does not become “all”, nor “may” “always”."""
    if aligned.coverage < _COMPARABLE:
        return None
    stronger = _universal(claim.words) - {
        _SAME_UNIVERSAL.get(w, w) for s in evidence.sentences for w in s.words
    }
    if stronger and _PARTIAL & set(aligned.sentence.words):
        return f"strength: “{min(stronger)}” says more than the cited passage"
    return None


_CURES = frozenset("cure cures cured curing guarantee guarantees guaranteed miracle".split())


def no_cure_invented(claim: Analysed, evidence: EvidenceText, _: Alignment) -> str | None:
    """A cure or a guarantee is promised only where the passage itself speaks of one."""
    promised = [word for word in claim.words if word in _CURES]
    stated = {stem(w) for s in evidence.sentences for w in s.words}
    if not promised or negated_stems(claim) & {stem(w) for w in promised}:
        return None
    missing = [word for word in promised if stem(word) not in stated]
    return f"strength: the cited passage does not speak of “{missing[0]}”" if missing else None


CHECKS: tuple[Check, ...] = (
    quantities_agree,
    shares_agree,
    quotes_are_verbatim,
    medicines_agree,
    populations_agree,
    negation_agrees,
    directions_agree,
    strength_agrees,
    no_cure_invented,
    no_substitution,
    roles_agree,
    no_part_added,
)


def contradictions(claim: Analysed, evidence: EvidenceText, aligned: Alignment) -> tuple[str, ...]:
    """The reasons of every check that fails."""
    found = (check(claim, evidence, aligned) for check in CHECKS)
    return tuple(reason for reason in found if reason)
