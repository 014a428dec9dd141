"""Words: safe messaging, numbers that have no place, length, and reading age."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from rag.corpus.documents import CorpusDocument, words
from rag.corpus.findings import Finding, error, warning
from rag.safety.output import blocked

SHORTEST_WORDS, LONGEST_WORDS = 700, 1_400
LONGEST_SENTENCE, MEAN_SENTENCE = 32, 18  # words
CORPUS_GRADE, DOCUMENT_GRADE = 9.0, 11.0
"""Highest Flesch-Kincaid grade: the mean over the corpus, and of one document."""

FORBIDDEN = {
    name: re.compile(pattern, re.VERBOSE | re.IGNORECASE)
    for name, pattern in {
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
        "a dose": r"""
            \b\d+(?:\.\d+)?\s?(?:mg|mcg|µg|micrograms?|milligrams?|ml|tablets?|pills?)\b
            """,
        "a number about weight or calories": r"""
            \b\d[\d,.]*\s?(?:k?cal(?:orie)?s?|kg|kilos?|lbs?|pounds?|stone)\b
            | \bBMI\s+(?:of\s+)?\d
            """,
    }.items()
}
"""Crisis lines live in `corpora/crisis/resources.toml` alone; the rest is safe messaging."""

_VOWELS = re.compile(r"[aeiouy]+")
_SILENT = re.compile(r"(?:[^laeiouy]e|[^aeiouydt]ed|[^aeiouyszxcgh]es)$")


def check_safe_messaging(document: CorpusDocument) -> Iterator[Finding]:
    """Numbers to dial, blame, doses, weights; and sentences that no answer could ever quote."""
    where = document.path.stem
    for what, pattern in FORBIDDEN.items():
        for match in pattern.finditer(document.body):
            yield error("safe messaging", where, f"{what}: {' '.join(match[0].split())!r}")
    for sentence in document.sentences():
        for reason in blocked(sentence):
            yield error("safe messaging", where, f"{reason}: {' '.join(sentence.split())}")


def check_length(document: CorpusDocument) -> Iterator[Finding]:
    """Text and sentences that are too long, or too short to answer from."""
    where = document.path.stem
    lengths = [(len(words(text)), text) for text in document.sentences()]
    total = sum(length for length, _ in lengths)
    if not SHORTEST_WORDS <= total <= LONGEST_WORDS:
        yield error(
            "length", where, f"{total} words; {SHORTEST_WORDS} to {LONGEST_WORDS} are wanted"
        )
    if lengths and total / len(lengths) > MEAN_SENTENCE:
        mean = total / len(lengths)
        yield error("length", where, f"{mean:.1f} words a sentence; at most {MEAN_SENTENCE}")
    for length, text in lengths:
        if length > LONGEST_SENTENCE:
            yield error("length", where, f"a sentence of {length} words: {' '.join(text.split())}")


def check_reading_age(documents: Sequence[CorpusDocument]) -> Iterator[Finding]:
    """A document, or the corpus as a whole, that is too hard to read."""
    grades = {document.path.stem: reading_grade(document) for document in documents}
    for where, grade in grades.items():
        if grade > DOCUMENT_GRADE:
            yield warning(
                "reading age",
                where,
                f"Flesch-Kincaid grade {grade:.1f} (age {grade + 5:.0f}); use shorter words",
            )
    mean = sum(grades.values()) / len(grades) if grades else 0.0
    if mean > CORPUS_GRADE:
        yield error(
            "reading age", "all documents", f"mean Flesch-Kincaid grade {mean:.1f}; at most 9"
        )


def reading_grade(document: CorpusDocument) -> float:
    """Flesch-Kincaid grade: 0.39 words/sentences + 11.8 syllables/words - 15.59 (Kincaid et al.
    1975). Syllables are counted by groups of vowels, a silent ending taken off."""
    sentences = [found for text in document.sentences() if (found := words(text))]
    total = sum(map(len, sentences))
    if not total:
        return 0.0
    syllables = sum(syllables_of(word) for sentence in sentences for word in sentence)
    return 0.39 * total / len(sentences) + 11.8 * syllables / total - 15.59


def syllables_of(word: str) -> int:
    """About how many syllables a lower-case word has; at least one."""
    return max(1, len(_VOWELS.findall(word)) - bool(_SILENT.search(word)))
