from __future__ import annotations

from dataclasses import replace

import pytest

from rag.compose.conflicts import conflict_note, conflicts_in, differ, with_other_views
from rag.compose.extractive import DraftSentence
from rag.model import (
    Citation,
    Conflict,
    Evidence,
    EvidenceGrade,
    Hit,
    Outcome,
    Passage,
    Sentence,
    Source,
    Verdict,
)

GB = "Adults with insomnia should be offered six to eight sessions of therapy."
US = "Adults with insomnia should be offered four to five sessions of therapy."


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (GB, US),
        ("Adults need 7 hours of sleep each night.", "Adults need 8 hours of sleep each night."),
        (
            "Benzodiazepines are recommended for panic disorder.",
            "Benzodiazepines are not recommended for panic disorder.",
        ),
        (
            "Sertraline is safe in pregnancy and a danger to the baby.",
            "Sertraline is safe in pregnancy, and not a danger to the baby.",
        ),
        (
            "Doctors should offer this medicine to children with ADHD.",
            "Doctors shouldn't offer this medicine to children with ADHD.",
        ),
    ],
)
def test_other_numbers_or_another_not_differ(one: str, other: str) -> None:
    assert differ(one, other)
    assert differ(other, one)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (GB, GB),
        (GB, "Therapy for insomnia should be offered to adults in six to eight sessions."),
        ("About 8% of adults had depression in 2021.", "About 20% of teenagers had ADHD in 2021."),
        ("It helps.", "It does not help."),
        ("", "Adults need 8 hours."),
        ("Depression does not have one single cause.", "Depression has no single cause."),
        ("Psychosis is a set of symptoms, not one illness.", "Psychosis is a set of symptoms."),
        (
            "Antidepressants usually take four to eight weeks to work.",
            "Antidepressants can take weeks to work.",
        ),
        (
            "Anxiety is treated with therapy, with or without medicine.",
            "Anxiety is treated with therapy or with medicine.",
        ),
    ],
)
def test_other_matters_do_not(one: str, other: str) -> None:
    assert not differ(one, other)


def evidence(name: str, text: str) -> Evidence:
    passage = Passage(
        id=name,
        source_id=name,
        text=text,
        heading=(),
        start=0,
        end=len(text),
        pages=(),
        sentences=((0, len(text)),),
        sha256="0" * 64,
    )
    return Evidence(Hit(name, 1.0), passage, Source(name, name, "P", "0" * 64))


def test_the_other_view_stands_beside_the_first() -> None:
    draft = (DraftSentence(GB, ("gb",)), DraftSentence("Ask a doctor.", ("gb",)))
    found = with_other_views(draft, [evidence("gb", GB), evidence("us", US)])
    assert [(s.text, s.cites) for s in found] == [
        (GB, ("gb",)),
        (US, ("us",)),
        ("Ask a doctor.", ("gb",)),
    ]
    assert with_other_views(found, [evidence("gb", GB), evidence("us", US)]) == found


def test_one_source_does_not_conflict_with_itself() -> None:
    draft = (DraftSentence(GB, ("gb",)),)
    assert with_other_views(draft, [evidence("gb", GB), evidence("gb", US)]) == draft


def citation(number: int, jurisdiction: str, year: int) -> Citation:
    return Citation(
        number=number,
        passage_id=str(number),
        passage_sha256="0" * 64,
        source_id=f"s{number}",
        title="Insomnia",
        publisher={"GB": "NICE", "US": "VA"}[jurisdiction],
        edition="1",
        year=year,
        pages=(),
        heading=(),
        url="",
        licence="",
        grade=EvidenceGrade.A,
        jurisdiction=jurisdiction,
        quote="",
    )


def test_the_answer_names_country_and_date_of_both() -> None:
    verdict = Verdict(Outcome.SUPPORTED, 1.0)
    said = [Sentence(GB, (1,), verdict), Sentence(US, (2,), verdict)]
    citations = [citation(1, "GB", 2022), citation(2, "US", 2024)]
    (conflict,) = conflicts_in(said, citations)
    assert conflict == Conflict(1, 2)
    note = conflict_note([conflict], citations)
    assert "[1] is from NICE, GB, 2022" in note
    assert "[2] is from VA, US, 2024" in note
    assert conflict_note([], citations) == ""


def test_two_sources_of_one_publisher_are_told_apart_by_title() -> None:
    one = citation(1, "GB", 2022)
    other = replace(citation(2, "GB", 2022), title="Sleep")
    note = conflict_note([Conflict(1, 2)], [one, other])
    assert "[1] is from “Insomnia”, NICE, GB, 2022, and [2] is from “Sleep”, NICE" in note
