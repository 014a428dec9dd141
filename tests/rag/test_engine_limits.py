"""Other languages, and current sources that do not say the same."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import pytest

from rag import Engine, Settings
from rag.index.build import build
from rag.model import Status
from tests.conftest import HEAD

GB = "Adults with insomnia are offered six to eight sessions of talking therapy."
US = "Adults with insomnia are offered four to five sessions of talking therapy."
ES = "Las personas con insomnio reciben de seis a ocho sesiones de terapia."
REST = "A doctor can explain what each session is for. Most people have one session a week."


def document(name: str, country: str, year: int, sentence: str, language: str = "en") -> str:
    head = HEAD.format(id=name, title="Insomnia").replace(
        "jurisdiction: INT", f"jurisdiction: {country}"
    )
    head = head.replace("2026-11-01", f"{year}-11-01").replace(
        "language: en", f"language: {language}"
    )
    return f"{head}# Insomnia\n\n## Therapy for insomnia\n\n{sentence} {REST}\n"


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    folder = tmp_path_factory.mktemp("sources")
    (folder / "gb.md").write_text(document("gb", "GB", 2022, GB))
    (folder / "us.md").write_text(document("us", "US", 2024, US))
    (folder / "es.md").write_text(document("es", "ES", 2025, ES, language="es"))
    settings = Settings(index_dir=folder / "indexes")
    report = build([folder / "gb.md", folder / "us.md", folder / "es.md"], settings)
    assert [note for _, note in report.warnings] == [
        "it is in another language (es): no answer uses it"
    ]
    with Engine.open(settings) as opened:
        yield opened


def test_sources_that_differ_stand_side_by_side(engine: Engine) -> None:
    answer = engine.ask("How many sessions of therapy are adults with insomnia offered?")
    texts = [sentence.text for sentence in answer.sentences]
    assert GB in texts
    assert US in texts
    assert abs(texts.index(GB) - texts.index(US)) == 1
    (conflict,) = answer.conflicts
    sides = {c.number: (c.jurisdiction, c.year) for c in answer.citations}
    assert {sides[conflict.first], sides[conflict.second]} == {("GB", 2022), ("US", 2024)}
    assert "My sources differ here" in answer.text
    assert "GB, 2022" in answer.text
    assert "US, 2024" in answer.text


def test_as_of_a_day_there_was_only_one(engine: Engine) -> None:
    answer = engine.ask(
        "How many sessions of therapy are adults with insomnia offered?",
        as_of=dt.date(2023, 1, 1),
    )
    assert {citation.source_id for citation in answer.citations} == {"gb"}
    assert answer.conflicts == ()


def test_a_question_in_another_language_is_told_so(engine: Engine) -> None:
    answer = engine.ask("¿Cuántas sesiones de terapia hay para el insomnio?", country="ES")
    assert answer.status is Status.OUT_OF_SCOPE
    assert "Solo puedo responder en inglés" in answer.text
    assert "I answer in English only" in answer.text
    assert answer.sentences == ()
    assert answer.resources


def test_a_document_in_another_language_grounds_nothing(engine: Engine) -> None:
    for arm in ("dense", "lexical"):
        found = engine.retrieve(ES, top_k=50, arms=[arm]).evidence
        assert "es" not in {evidence.source.id for evidence in found}


def test_a_crisis_comes_before_the_language(engine: Engine) -> None:
    answer = engine.ask("I want to kill myself tonight, no puedo más con la vida", country="ES")
    assert answer.status is Status.CRISIS
