"""The shipped documents: format, sources, safe messaging and plain language."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from itertools import pairwise
from pathlib import Path

import pytest

from corpora import crisis_dir, documents_dir
from rag.evaluation import medquad
from rag.ingest import parse
from rag.ingest.frontmatter import FrontMatter, split_front_matter
from rag.model import EvidenceGrade, SourceKind
from rag.sentences import sentence_spans
from rag.settings import IngestSettings

SOURCES = Path(__file__).resolve().parents[2].parent / "shared" / "data" / "sources"
COPIED_WORDS = 9

# What the starter corpus promises to cover (docs/corpus.md).
PROMISED = frozenset(
    "depression generalised-anxiety-disorder panic-disorder social-anxiety-disorder "
    "obsessive-compulsive-disorder post-traumatic-stress-disorder bipolar-disorder "
    "schizophrenia-and-psychosis adhd autism eating-disorders borderline-personality-disorder "
    "insomnia self-harm-and-suicide-prevention perinatal-mental-health substance-use "
    "helping-someone-else antidepressants talking-therapies self-help-skills getting-help".split()
)
# A document that describes the signs of a condition also answers what people ask next.
SECTIONS = {
    "what it is": r"^what .*\b(?:is|are|means?)\b",
    "causes": r"cause|affected",
    "treatment": r"treatment|therapy|medicines",
    "self-help": r"what (?:you|young people) can do|living well",
    "when to get help": r"^when to get help",
    "urgent help": r"^getting urgent help",
}
FORBIDDEN = {
    "a number to dial": r"""
        (?<![\d,.])(?:911|999|112|988|111|000)(?![\d,.%]*\d)
        | \b(?:call|dial|ring|text|phone)\s+\+?\d{3}
        # Grouped digits, seven or more; years and dates are fine.
        | (?<![\d,.-])(?!(?:19|20)\d\d-(?:19|20)\d\d(?!\d)|\d{4}-\d\d-\d\d(?!\d))
          \+?(?=(?:[ ().-]*\d){7})\(?\d+\)?(?:[ .-]{1,2}\(?\d+\)?)+
        """,
    "a phrase that blames": r"""
        \bcommit(?:s|ted|ting)?\s+suicide | \b(?:un)?successful(?:ly)?\s+(?:suicide|attempt)
        | \bfailed\s+(?:suicide\s+)?attempt
        """,
    "a dose": r"\b\d+(?:\.\d+)?\s?(?:mg|mcg|µg|micrograms?|milligrams?|ml|tablets?|pills?)\b",
    "a number about weight or calories": r"""
        \b\d[\d,.]*\s?(?:k?cal(?:orie)?s?|kg|kilos?|lbs?|pounds?|stone)\b | \bBMI\s+(?:of\s+)?\d
        """,
}
DOCUMENTS = sorted(documents_dir().glob("*.md"))

every_document = pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.stem)


def read(path: Path) -> tuple[FrontMatter, str]:
    front_matter, body = split_front_matter(path.read_text(encoding="utf-8"), path)
    assert front_matter is not None, f"{path.name} has no front matter"
    return front_matter, body


def prose(body: str) -> str:
    return "\n".join("" if line.startswith("#") else line for line in body.split("\n"))


def words(text: str) -> list[str]:
    return re.findall(r"[a-z0-9]+(?:'[a-z]+)?", text.lower().replace("’", "'"))


def runs(text: str) -> Iterator[tuple[str, ...]]:
    found = words(text)
    return (tuple(found[i : i + COPIED_WORDS]) for i in range(len(found) - COPIED_WORDS + 1))


def test_the_promised_documents_are_there() -> None:
    assert {path.stem for path in DOCUMENTS} >= PROMISED
    assert crisis_dir().parent == documents_dir().parent


@every_document
def test_front_matter_says_where_the_document_comes_from(path: Path) -> None:
    document = parse(path, IngestSettings())
    source = document.source

    assert source.id == path.stem
    assert not document.warnings
    assert source.publisher == "Plumbline"
    assert source.kind is SourceKind.DIGEST
    assert source.grade in {EvidenceGrade.A, EvidenceGrade.B, EvidenceGrade.C}
    assert source.licence == "CC-BY-4.0"
    assert source.review == "not clinically reviewed"
    assert source.published
    assert source.reviewed
    assert source.reviewed >= source.published
    assert source.rests_on
    assert all(rest.url.startswith("https://") for rest in source.rests_on)
    assert len({rest.url for rest in source.rests_on}) == len(source.rests_on)


@every_document
def test_grade_a_rests_on_a_clinical_guideline(path: Path) -> None:
    front_matter, _ = read(path)
    if front_matter.grade is EvidenceGrade.A:
        assert any(
            re.search(r"nice\.org\.uk/guidance/|guideline", f"{rest.url} {rest.title}", re.I)
            for rest in front_matter.rests_on
        )


@every_document
def test_headings_make_a_tree(path: Path) -> None:
    _, body = read(path)
    levels = [len(mark) for mark in re.findall(r"^(#+) ", body, re.MULTILINE)]

    assert levels[0] == 1
    assert levels.count(1) == 1
    assert max(levels) <= 3
    assert all(after <= before + 1 for before, after in pairwise(levels))


@every_document
def test_a_condition_is_covered_from_signs_to_urgent_help(path: Path) -> None:
    _, body = read(path)
    headings = [heading.lower() for heading in re.findall(r"^##+ (.+)$", body, re.MULTILINE)]
    if any("signs and symptoms" in heading for heading in headings):
        missing = {
            name
            for name, pattern in SECTIONS.items()
            if not any(re.search(pattern, heading) for heading in headings)
        }
        assert not missing
    assert any("urgent help" in heading or "help now" in heading for heading in headings)


@every_document
@pytest.mark.parametrize("what", FORBIDDEN)
def test_says_nothing_that_safe_messaging_forbids(path: Path, what: str) -> None:
    _, body = read(path)
    found = re.search(FORBIDDEN[what], body, re.VERBOSE | re.IGNORECASE)
    assert found is None, f"{what}: {found.group()!r}"


@pytest.mark.parametrize(
    ("what", "text"),
    [
        ("a number to dial", "Call 988 at any time."),
        ("a number to dial", "In an emergency, 999 is free."),
        ("a number to dial", "Ring 0800 123 4567 today."),
        ("a number to dial", "The line is +44 20 7946 0000."),
        ("a number to dial", "Their line, 1-800-555-0100, is open."),
        ("a phrase that blames", "He committed\nsuicide."),
        ("a dose", "Take 50 mg at night."),
        ("a number about weight or calories", "Eat 1,200 calories."),
    ],
)
def test_the_rules_find_what_they_forbid(what: str, text: str) -> None:
    assert re.search(FORBIDDEN[what], text, re.VERBOSE | re.IGNORECASE)


@pytest.mark.parametrize(
    "text",
    [
        "About 280 million people, or 3.8 in every 100, in 2023.",
        "Between 15 and 100 people in every 100,000, aged 12 to 17.",
        "A course has 5 to 20 sessions of 30 to 60 minutes.",
        "Reviewed on 2026-11-22, covering 2013-2016.",
    ],
)
def test_the_rules_leave_plain_figures_alone(text: str) -> None:
    for pattern in FORBIDDEN.values():
        assert not re.search(pattern, text, re.VERBOSE | re.IGNORECASE)


@every_document
def test_length_and_sentences_suit_the_reader(path: Path) -> None:
    _, body = read(path)
    text = prose(body)
    lengths = [len(words(text[start:end])) for start, end in sentence_spans(text)]

    assert 700 <= sum(lengths) <= 1_400
    assert sum(lengths) / len(lengths) <= 18
    assert max(lengths) <= 32


def source_texts() -> Iterator[str]:
    import pypdfium2

    for page in SOURCES.rglob("*.md"):
        yield page.read_text(errors="replace")
    for brochure in (SOURCES / "nimh-brochures").glob("*.pdf"):
        with pypdfium2.PdfDocument(brochure) as pdf:
            yield "\n".join(page.get_textpage().get_text_range() for page in pdf)
    for pair in medquad.read(SOURCES / "medquad"):
        yield pair.answer


@cache
def copied_runs() -> frozenset[tuple[str, ...]]:
    """The runs of words that a document shares with a source: few, where all runs are millions."""
    ours = {run for path in DOCUMENTS for run in runs(prose(read(path)[1]))}
    scanned = 0
    copied = set()
    for text in source_texts():
        for run in runs(text):
            scanned += 1
            if run in ours:
                copied.add(run)
    assert scanned > 1_000_000
    return frozenset(copied)


@pytest.mark.skipif(not SOURCES.is_dir(), reason=f"source texts are not at {SOURCES}")
@every_document
def test_no_sentence_is_copied_from_a_source(path: Path) -> None:
    _, body = read(path)
    assert not [" ".join(run) for run in runs(prose(body)) if run in copied_runs()]
