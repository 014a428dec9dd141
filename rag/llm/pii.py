"""Finds what may tell who somebody is: names, addresses, numbers, e-mail, by rules.

Rules see the usual forms. A name that nothing introduces ("I shouted at Kim") is missed unless it
was introduced elsewhere in the conversation; so is a place of work, and a story that gives a person
away without any name. `docs/llm.md` lists what they miss.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from rag.ingest.lexicon import common_words


@dataclass(frozen=True, slots=True)
class Finding:
    """A stretch of text that identifies, and what sort of thing it is."""

    start: int
    end: int
    kind: str  # PERSON, PLACE, PHONE, EMAIL, LINK, DATE or ID


_PARTS = re.IGNORECASE
_NAME = r"[^\W\d_](?:[^\W\d_]|['’-](?=[^\W\d_]))++"
_CAPITAL = rf"(?-i:(?=[^\W\d_a-zà-öø-ÿ])){_NAME}"
_FULL = rf"{_CAPITAL}(?:[ \t]+(?:(?:de|van|von|bin|al|la|le)[ \t]+)?{_CAPITAL}){{0,3}}"
_KIN = (
    r"husband|wife|partner|boyfriend|girlfriend|fianc[ée]e?|friend|mum|mom|mother|dad|father|"
    r"son|daughter|brother|sister|aunt|uncle|cousin|grand\w+|gran|nan|neighbou?r|colleague|boss|"
    r"manager|teacher|therapist|counsell?or|doctor|psychiatrist|gp|nurse|child|kid|baby|ex|"
    r"roommate|flatmate|patient|client"
)
_SIMPLE = (
    ("EMAIL", r"(?<![\w.+%-])[\w.+%-]+@[\w-]+(?:\.[\w-]+)+"),
    ("LINK", r"\b(?:https?://|www\.)[^\s<>\"]+|(?<![\w@])@\w{3,30}\b"),
    ("ID", r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){3,7}(?: ?[A-Z0-9]{1,3})?\b"),  # IBAN
    ("ID", r"\b\d{3}-\d{2}-\d{4}\b"),  # US social security
    ("ID", r"\b(?!BG|GB|NK|KN|TN|NT|ZZ)[A-CEGHJ-PR-TW-Z]{2} ?\d{2} ?\d{2} ?\d{2} ?[A-D]\b"),  # NINO
    ("ID", r"\b\d{4}[ -]?\d{4}[ -]?\d{4}[ -]?\d{1,7}\b"),  # cards
    ("ID", r"\b\d{3} \d{3} \d{4}\b(?=.{0,3}(?:\bnhs\b))"),
    (
        "ID",
        r"\b(?:(?:nhs|patient|hospital|medical record|record|case|member(?:ship)?|policy|insurance|"
        r"medicare|medicaid|passport|licen[cs]e|account|student|employee|social security|ssn|mrn|"
        r"id|national insurance|ni)(?: (?:number|no\.?|id|card))?(?: is| was|:| #|#){0,3}\s*)"
        r"((?=[A-Z0-9 -]{0,19}\d)[A-Z0-9](?:[A-Z0-9-]| (?=\d)){4,18}[A-Z0-9])\b",
    ),
    ("ID", r"\b(?:\d{1,3}\.){3}\d{1,3}\b"),  # IP address
    ("PHONE", r"(?<![\w.])\+?\(?\d[\d ().-]{6,16}\d(?![\w%])"),
    (
        "DATE",
        r"\b(?:born|birth(?:day|date)?|dob|date of birth)(?: is| was| on|:|,)*\s*"
        r"((?:\d{1,2}(?:st|nd|rd|th)?[ ./-](?:of )?(?:\d{1,2}|[A-Z][a-z]{2,8})[ ./,-]+\d{2,4})|"
        r"[A-Z][a-z]{2,8} \d{1,2}(?:st|nd|rd|th)?,? \d{4}|\d{4}-\d\d-\d\d)",
    ),
    (
        "PLACE",
        r"\b\d{1,5}[a-z]?,? (?:[A-Z][\w'’]+\.? ){1,4}(?:street|st|road|rd|avenue|ave|lane|ln|drive|"
        r"dr|court|ct|close|way|place|pl|square|sq|terrace|gardens|crescent|boulevard|blvd|row|"
        r"park|hill|grove|mews)\b\.?(?:,? (?:apt|apartment|flat|unit|suite)\.? ?\w{1,5})?",
    ),
    ("PLACE", r"\b(?:flat|apartment|apt|unit|room) \d{1,4}[a-z]?\b"),
    ("PLACE", r"\b(?-i:[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2})\b"),  # UK postcode
    ("PLACE", r"\b(?-i:[A-Z]{2}),? \d{5}(?:-\d{4})?\b"),  # US state and ZIP
)
_IDENTIFIERS = tuple((kind, re.compile(pattern, _PARTS)) for kind, pattern in _SIMPLE)
_YEARS = re.compile(r"(?:19|20)\d\d\s*[-–]\s*(?:19|20)\d\d")
# A place is what follows "I live in" and the like, when it has a capital.
_LIVES = re.compile(
    rf"\b(?:i(?:'m| am)? (?:live|living|stay|staying|work|working|study|studying|from)|i(?:'m| am) "
    rf"from|we live|i go to(?: school| college| university)?) (?:in|at|on|near|from)?\s*({_FULL})",
    _PARTS,
)
_SAID = (
    # Whatever follows these is a name, in whatever letters.
    re.compile(rf"\bmy (?:full |first |last )?name(?:'s| is)\s+({_FULL}|{_NAME})", _PARTS),
    re.compile(rf"\b(?:mr|mrs|ms|miss|mx|dr|doctor|prof|professor|nurse|sister|father|rev|sir)\b\.?"
               rf"\s+({_FULL})", _PARTS),
    re.compile(rf"\b(?:named|called|name(?:'s| is))\s+({_FULL})", _PARTS),
)  # fmt: skip
_LIKELY = (
    # These are followed by other words as well, so the word must not be a common one.
    re.compile(rf"\b(?:i(?:'m| am) called|call me|i go by)\s+({_FULL}|{_NAME})", _PARTS),
    re.compile(rf"\b(?:i(?:'m| am)|this is|it(?:'s| is)|hi|hello|hey|dear)[ ,]+({_FULL})", _PARTS),
    re.compile(rf"\b(?:my|our|his|her|their|the)\s+(?:\w+\s+)?(?:{_KIN})s?,?\s+({_FULL})", _PARTS),
    re.compile(rf"\b(?<![^\W\d_]['’-])({_FULL}),?\s+(?:(?:is|was)\s+)?my\s+(?:{_KIN})\b", _PARTS),
    re.compile(rf"(?:^|\n|[.!?]\s)(?:[-–—]+|thanks|thank you|regards|yours|love|best|cheers|from|"
               rf"signed)[,:]?\s*({_FULL})\.?\s*$", _PARTS),
)  # fmt: skip
_NOT_NAMES = frozenset(
    "i english british american african asian indian irish scottish welsh french german spanish "
    "muslim christian jewish hindu buddhist catholic january february march april may june july "
    "august september october november december monday tuesday wednesday thursday friday saturday "
    "sunday christmas easter ramadan adhd ocd ptsd cbt dbt emdr ssri snri nhs gp bpd ed asd".split()
)


def find(text: str) -> list[Finding]:
    """Everything that the rules find, in order, without overlaps."""
    return without_overlaps([*_identifiers(text), *_names(text)])


def without_overlaps(findings: Iterable[Finding]) -> list[Finding]:
    """In order; where two meet, the longer one counts."""
    kept: list[Finding] = []
    for finding in sorted(dict.fromkeys(findings), key=lambda f: (f.start - f.end, f.start)):
        place = bisect_left(kept, finding.start, key=lambda f: f.start)
        before, after = kept[max(place - 1, 0) : place], kept[place : place + 1]
        if all(f.end <= finding.start for f in before) and all(
            finding.end <= f.start for f in after
        ):
            kept.insert(place, finding)
    return kept


def _identifiers(text: str) -> Iterator[Finding]:
    for kind, pattern in _IDENTIFIERS:
        for match in pattern.finditer(text):
            if kind == "PHONE" and not _is_phone(match[0]):
                continue
            group = 1 if pattern.groups else 0
            yield Finding(*match.span(group), kind)
    for match in _LIVES.finditer(text):
        yield Finding(*match.span(1), "PLACE")


def _is_phone(text: str) -> bool:
    return sum(c.isdigit() for c in text) >= 7 and not _YEARS.fullmatch(text)


def _names(text: str) -> Iterator[Finding]:
    seen: set[str] = set()
    for patterns, sure in ((_SAID, True), (_LIKELY, False)):
        for pattern in patterns:
            for match in pattern.finditer(text):
                start, end = match.span(1)
                parts = match[1].split()
                if sure or _could_be_a_name(parts[0]):  # "sure": whatever the word
                    yield Finding(start, end, "PERSON")
                    seen.update(p for p in parts if p[0].isupper() and len(p) > 2)
    names = sorted((n for n in seen if n.lower() not in _NOT_NAMES), key=len, reverse=True)
    if names:
        for match in re.finditer(rf"\b(?:{'|'.join(map(re.escape, names))})\b", text):
            yield Finding(*match.span(), "PERSON")


def _could_be_a_name(word: str) -> bool:
    lower = word.lower()
    if word[0].isupper() and lower in _names_that_are_words():
        return True
    return lower not in common_words() and lower not in _NOT_NAMES


@cache
def _names_that_are_words() -> frozenset[str]:
    """First names that are common words too; a capital then says that the name is meant."""
    return frozenset(files("rag.llm").joinpath("first_names.txt").read_text("utf-8").split())
