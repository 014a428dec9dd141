"""Front matter, headings and sections: the form that `docs/corpus.md` asks of a document."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from itertools import pairwise

from rag.corpus.documents import CorpusDocument
from rag.corpus.findings import Finding, error, warning
from rag.model import EvidenceGrade, SourceKind

_GUIDELINE = re.compile(r"nice\.org\.uk/guidance/|guideline", re.IGNORECASE)
_DEEPEST_HEADING = 3
REVIEW_DAYS = 365
"""A document is checked against its sources once a year; past twice that the check fails."""

# A document that describes the signs of a condition also answers what people ask next.
_SECTIONS = {
    "what it is": re.compile(r"^what .*\b(?:is|are|means?)\b"),
    "causes": re.compile(r"cause|affected"),
    "treatment": re.compile(r"treatment|therapy|medicines"),
    "self-help": re.compile(r"what (?:you|young people) can do|living well"),
    "when to get help": re.compile(r"^when to get help"),
    "urgent help": re.compile(r"^getting urgent help"),
}


def check_front_matter(document: CorpusDocument) -> Iterator[Finding]:
    """Fields that a document of ours must have, whatever the format allows."""
    source = document.source
    where = document.path.stem
    wanted = {
        "id": (source.id, where),
        "publisher": (source.publisher, "Plumbline"),
        "kind": (source.kind, SourceKind.DIGEST),
        "licence": (source.licence, "CC-BY-4.0"),
        "review": (source.review, "not clinically reviewed"),
    }
    for field, (found, expected) in wanted.items():
        if found != expected:
            yield error("front matter", where, f"`{field}` is {found!r}, and must be {expected!r}")
    if source.grade is EvidenceGrade.D:
        yield error("front matter", where, "`grade` must be A, B or C: docs/corpus.md says which")
    if not (source.published and source.reviewed):
        yield error("front matter", where, "`published` and `reviewed` need a date each")
    if not source.rests_on:
        yield error("front matter", where, "`rests_on` names no document")
    urls = [rest.url for rest in source.rests_on]
    for url in urls:
        if not url.startswith("https://"):
            yield error("front matter", where, f"`rests_on`: {url!r} is no https address")
    for url in sorted({url for url in urls if urls.count(url) > 1}):
        yield error("front matter", where, f"`rests_on` names {url} twice")
    for note in document.document.warnings:
        yield error("front matter", where, note)
    named = (f"{rest.url} {rest.title}" for rest in source.rests_on)
    if source.grade is EvidenceGrade.A and not any(map(_GUIDELINE.search, named)):
        yield error("front matter", where, "grade A, but `rests_on` names no guideline")


def check_age(document: CorpusDocument, today: dt.date) -> Iterator[Finding]:
    """A review date that is too long ago."""
    reviewed = document.source.reviewed
    if reviewed is None:
        return
    days = (today - reviewed).days
    if days > REVIEW_DAYS:
        finding = error if days > 2 * REVIEW_DAYS else warning
        yield finding(
            "review date",
            document.path.stem,
            f"last held against its sources {days} days ago, on {reviewed}: do it again",
        )


def check_headings(document: CorpusDocument) -> Iterator[Finding]:
    """Headings that make a tree, and the sections that readers look for."""
    where = document.path.stem
    levels = [level for level, _ in document.headings()]
    if levels[:1] != [1] or levels.count(1) != 1:
        yield error("headings", where, "a document begins with one heading of level 1")
    elif max(levels) > _DEEPEST_HEADING:
        yield error("headings", where, f"a heading is deeper than level {_DEEPEST_HEADING}")
    elif any(after > before + 1 for before, after in pairwise(levels)):
        yield error("headings", where, "a heading skips a level")
    elif any(text.startswith("#") for _, text in document.headings()):
        yield error("headings", where, "a heading carries its marks twice")
    below = [text.lower() for level, text in document.headings() if level > 1]
    if any("signs and symptoms" in heading for heading in below):
        for name, pattern in _SECTIONS.items():
            if not any(map(pattern.search, below)):
                yield error("sections", where, f"describes signs, but has no section on {name}")
    if not any("urgent help" in heading or "help now" in heading for heading in below):
        yield error("sections", where, "has no section on getting urgent help")
