from __future__ import annotations

from dataclasses import replace

import pytest

from rag.cli.render import print_answer, print_hits
from rag.model import (
    Answer,
    Citation,
    Dropped,
    Evidence,
    EvidenceGrade,
    Hit,
    Passage,
    RestsOn,
    Source,
    Status,
)


def _citation(pages: tuple[int, ...], quote: str = "A quote.") -> Citation:
    return Citation(
        number=1,
        passage_id="0" * 20,
        passage_sha256="0" * 64,
        source_id="s",
        title="A title",
        publisher="A publisher",
        edition="2",
        year=2024,
        pages=pages,
        heading=("H",),
        url="https://example.org/" + "long/" * 40,
        licence="",
        grade=EvidenceGrade.B,
        jurisdiction="GB",
        quote=quote,
    )


def test_pages_and_whole_links(capsys: pytest.CaptureFixture[str]) -> None:
    answer = Answer(Status.ANSWERED, "q", "It helps. [1]", citations=(_citation((3, 4)),))
    print_answer(answer)
    shown = capsys.readouterr().out
    assert "[1] A title > H. A publisher, 2024, pp. 3–4" in shown
    assert answer.citations[0].url in shown  # never broken over two lines


def test_a_document_cannot_steer_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    nasty = "red \x1b[31m bell \x07 turned \u202e round [bold]not markup[/bold] \ud800"
    answer = Answer(Status.ANSWERED, "q", nasty, citations=(_citation((1,), nasty),))
    print_answer(answer, evidence=True)
    passage = Passage("p", "s", nasty, (), 0, 1, (), ((0, 1),), "0")
    print_hits([Evidence(Hit("p", 1.0), passage, Source("s", nasty, "p", "0"))], [])
    shown = capsys.readouterr().out
    assert not set("\x1b\x07\u202e\ud800") & set(shown)
    assert "[bold]not markup[/bold]" in shown


def test_what_was_left_out_and_looked_at_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    dropped = (Dropped("It cures all.", ("numbers: 5 is not in the passage",)),)
    answer = Answer(
        Status.ABSTAINED, "q", "I can't.", dropped=dropped, searched=("Sleep",), degraded=("dense",)
    )
    print_answer(answer)
    brief = capsys.readouterr().out
    assert "1 sentence was left out" in brief
    assert "Looked at: Sleep" in brief
    assert "Searched without: dense" in brief
    assert "It cures all." not in brief
    print_answer(answer, evidence=True)
    assert "It cures all. (numbers: 5 is not in the passage)" in capsys.readouterr().out


def test_what_a_digest_rests_on_is_said_once(capsys: pytest.CaptureFixture[str]) -> None:
    origin = RestsOn("An institute", "A leaflet", "https://example.org/leaflet", "2024")
    citations = tuple(replace(_citation(()), number=n, rests_on=(origin,)) for n in (1, 2))
    print_answer(Answer(Status.ANSWERED, "q", "It helps. [1][2]", citations=citations))
    shown = capsys.readouterr().out
    assert "[1][2] rest on:" in shown
    assert shown.count("An institute, A leaflet (2024) https://example.org/leaflet") == 1
