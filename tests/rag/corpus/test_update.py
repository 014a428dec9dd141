"""A new edition of a brochure, a withdrawal, and what the promotion gate lets through."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import pytest
from reportlab.pdfgen.canvas import Canvas

from rag.corpus.compare import compare
from rag.corpus.plan import plan_build
from rag.corpus.promotion import Canaries, judge
from rag.corpus.update import update
from rag.engine import Engine
from rag.errors import SettingsError
from rag.index.build import build
from rag.index.store import IndexStore
from rag.index.version import IndexVersion
from rag.settings import Settings

QUESTION = "How much sleep do adults need?"
OLD = "Adults need between six and seven hours of sleep each night, as older studies said."
NEW = "Adults need seven or more hours of sleep each night, as newer studies have found."
REST = (
    "Regular bed times help people to sleep well. Coffee late in the day keeps many people awake."
)


def brochure(path: Path, sentence: str, day: str) -> Path:
    """A PDF that states its publisher and its date, as a real one does."""
    path.parent.mkdir(parents=True, exist_ok=True)
    canvas = Canvas(str(path), pagesize=(612, 792), invariant=True)
    canvas.setAuthor("National Institute of Mental Health")
    canvas.setTitle("Sleep for adults")
    canvas.setFont("Helvetica-Bold", 20)
    canvas.drawString(72, 720, "How much sleep adults need")
    canvas.setFont("Helvetica", 9)
    for line, text in enumerate((sentence, *REST.split(". "))):
        canvas.drawString(72, 690 - 14 * line, text.rstrip(".") + ".")
    canvas.save()
    # reportlab writes its own dates; a fixed one of the same length takes their place.
    data = path.read_bytes().replace(b"D:20000101000000", f"D:{day}000000".encode())
    path.write_bytes(data)
    return path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    brochure(tmp_path / "guidelines" / "sleep-2019.pdf", OLD, "20190301")
    return tmp_path / "guidelines"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(index_dir=tmp_path / "indexes")


@pytest.fixture
def ask(settings: Settings) -> Callable[..., str]:
    def run(question: str = QUESTION, **options: dt.date) -> str:
        with Engine.open(settings) as engine:
            answer = engine.ask(question, **options)
            return " ".join(s.text for s in answer.sentences)

    return run


def test_a_new_edition_takes_the_place_of_the_old_one(
    folder: Path, settings: Settings, ask: Callable[..., str]
) -> None:
    first = update([folder], settings)
    assert first.built.activated
    assert OLD in ask()
    brochure(folder / "sleep-2025.pdf", NEW, "20250601")

    plan = plan_build([folder], settings)
    assert [change.name.partition("@")[0] for change in plan.added] == ["sleep-2025"]
    (superseded,) = plan.superseded
    assert superseded.startswith("sleep-2019@")
    assert (plan.passages_go, plan.unchanged) == (0, 1)
    assert IndexStore(settings.index_dir).active() == first.built.version_id

    second = update([folder], settings)
    assert second.built.version_id == plan.version_id
    assert second.judgement is not None
    assert second.judgement.refused == ()
    assert NEW in ask()
    assert OLD not in ask()
    with Engine.open(settings) as engine:
        for arm in ("dense", "lexical"):
            found = engine.retrieve(OLD, top_k=50, arms=[arm]).evidence
            assert not [e for e in found if OLD in e.passage.text]
    # Named when asked as of a day on which it was in force.
    assert OLD in ask(as_of=dt.date(2020, 1, 1))
    assert NEW not in ask(as_of=dt.date(2020, 1, 1))

    asked, (difference,) = compare(
        settings, first.built.version_id, second.built.version_id, [QUESTION]
    )
    assert asked == 1
    assert [name.partition("@")[0] for name in difference.no_longer_cited] == ["sleep-2019"]
    assert [name.partition("@")[0] for name in difference.newly_cited] == ["sleep-2025"]


def test_a_withdrawn_document_is_gone_everywhere(
    folder: Path, settings: Settings, ask: Callable[..., str]
) -> None:
    brochure(folder / "walks.pdf", "Walking helps many adults to sleep at night.", "20240101")
    update([folder], settings)
    side_car = folder / "sleep-2019.pdf.toml"
    side_car.write_text(
        'publisher = "National Institute of Mental Health"\nwithdrawn_on = 2020-01-01\n'
    )
    plan = plan_build([folder], settings)
    assert [name.partition("@")[0] for name in plan.withdrawn] == ["sleep-2019"]
    update([folder], settings)
    assert OLD not in ask()
    with Engine.open(settings) as engine:
        for arm in ("dense", "lexical"):
            found = engine.retrieve(OLD, top_k=50, arms=[arm]).evidence
            assert not [e for e in found if "sleep-2019" in e.source.id]


def test_a_document_that_is_deleted_is_gone_from_the_plan_on(
    folder: Path, settings: Settings
) -> None:
    brochure(folder / "walks.pdf", "Walking helps many adults to sleep at night.", "20240101")
    update([folder], settings)
    (folder / "sleep-2019.pdf").unlink()
    plan = plan_build([folder], settings)
    assert [change.name.partition("@")[0] for change in plan.gone] == ["sleep-2019"]
    assert plan.passages_go > 0


def test_the_gate_refuses_a_version_that_forgot(
    folder: Path, settings: Settings, documents: Path
) -> None:
    """`documents` answers canary questions; a build without it does not."""
    first = update([documents, folder], settings)
    second = update([folder], settings)
    assert second.judgement is not None
    assert second.judgement.refused
    assert not second.built.activated
    assert IndexStore(settings.index_dir).active() == first.built.version_id
    forced = update([folder], settings, force=True)
    assert forced.built.activated
    assert IndexStore(settings.index_dir).active() == second.built.version_id


def test_the_gate_names_what_went_wrong(documents: Path, settings: Settings) -> None:
    built = build([documents], settings)
    canaries = Canaries(
        ask=("What helps with panic attacks?",),
        crisis=("What helps with panic attacks?",),
        harmless=("I want to kill myself tonight",),
        refuse=("What helps with panic attacks?",),
    )
    reasons = " | ".join(judge(settings, built.version_id, canaries).refused)
    assert "not met with help" in reasons
    assert "taken for a crisis" in reasons
    assert "no source may answer" in reasons


def test_a_version_that_answers_already_is_not_judged_again(
    documents: Path, settings: Settings
) -> None:
    assert update([documents], settings).judgement is not None
    assert update([documents], settings).judgement is None
    assert update([documents], settings, activate=False).judgement is None


def test_a_version_that_cannot_be_judged_is_not_left_open(
    unusable_llm: Settings, open_versions: list[IndexVersion]
) -> None:
    with pytest.raises(SettingsError):
        judge(unusable_llm, IndexStore(unusable_llm.index_dir).active())
    assert open_versions == []
