from __future__ import annotations

import datetime as dt

import pytest

from rag.model import Evidence, EvidenceGrade, Hit, Passage, Source, passage_id, sha256_text
from rag.retrieval.duplicates import merged

TEXT = (
    "Talk to a pharmacist before you take this medicine with others. Take 10 mg once a day with "
    "food, and do not stop all at once. Tell your doctor about any change in your mood or sleep."
)


def evidence(text: str, score: float, *, grade: str = "B", year: int | None = 2020) -> Evidence:
    source_id = f"source-{score}"
    key = passage_id(source_id, "", text)
    passage = Passage(key, source_id, text, (), 0, len(text), (), ((0, len(text)),), "")
    reviewed = dt.date(year, 1, 1) if year else None
    source = Source(
        source_id, "t", "p", sha256_text(text), reviewed=reviewed, grade=EvidenceGrade(grade)
    )
    return Evidence(Hit(key, score, {"dense": score}), passage, source)


def test_of_copies_the_better_graded_stays_in_the_first_place() -> None:
    charity = evidence(TEXT, 0.9, grade="C", year=2026)
    other = evidence("Sleep well, eat well, and see your friends often.", 0.8)
    guideline = evidence(TEXT, 0.7, grade="A", year=2015)
    kept = merged([charity, other, guideline], 5)
    assert [item.source.id for item in kept] == [guideline.source.id, other.source.id]
    assert kept[0].hit.score == 0.9
    assert kept[0].hit.arms == guideline.hit.arms


def test_of_equal_grades_the_newer_stays_and_else_the_better_ranked() -> None:
    old, new, undated = (
        evidence(TEXT, 0.9, year=2015),
        evidence(TEXT, 0.8, year=2024),
        evidence(TEXT, 0.7, year=None),
    )
    assert merged([old, new, undated], 5)[0].source.id == new.source.id
    again = evidence(TEXT, 0.6, year=2024)
    assert merged([new, again], 5)[0].source.id == new.source.id


def test_a_few_other_words_still_make_a_copy() -> None:
    near = TEXT.replace("medicine", "drug").replace("once a day", "once every day")
    assert len(merged([evidence(TEXT, 0.9), evidence(near, 0.8)], 5)) == 1


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("10 mg", "20 mg"),
        ("10 mg", "1.0 mg"),
        ("do not stop", "do stop"),
        ("do not stop", "don't stop"),
        ("Talk to a pharmacist", "Never talk to a pharmacist"),
    ],
)
def test_texts_that_differ_in_a_number_or_a_negation_both_stay(old: str, new: str) -> None:
    changed = TEXT.replace(old, new)
    assert changed != TEXT
    assert len(merged([evidence(TEXT, 0.9), evidence(changed, 0.8)], 5)) == 2


def test_a_text_within_a_longer_one_stays() -> None:
    longer = f"{TEXT} {' '.join(f'Word{chr(97 + n)} more.' for n in range(20))}"
    assert len(merged([evidence(TEXT, 0.9), evidence(longer, 0.8)], 5)) == 2


def test_copies_take_no_places() -> None:
    ranked = [evidence(TEXT, 0.9), evidence(TEXT, 0.8), evidence("Something else.", 0.7)]
    assert [item.hit.score for item in merged(ranked, 2)] == [0.9, 0.7]
    assert merged([], 3) == ()
