"""Which groups a medicine belongs to, as the graph of a real index knows it."""

from __future__ import annotations

import pytest

from rag import Engine, Settings
from rag.compose.classes import classes_of
from rag.index.build import build
from rag.index.version import IndexVersion
from rag.model import Status
from tests.conftest import HEAD

MEDICINES = """\
# Medicines for depression

## Kinds of medicines

Sertraline is an SSRI. SSRIs are antidepressants. Fluoxetine is taken in the morning.

## Side effects

SSRIs can cause nausea in the first weeks. Some people also get headaches or sleep badly. These
effects often fade after two weeks.
"""


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    folder = tmp_path_factory.mktemp("medicines")
    head = HEAD.format(id="medicines", title="Medicines for depression")
    (folder / "medicines.md").write_text(head + MEDICINES)
    made = Settings(index_dir=folder / "indexes")
    build([folder / "medicines.md"], made)
    return made


@pytest.mark.parametrize(
    ("substance", "groups"),
    [
        ("sertraline", ("ssri", "antidepressant")),  # the nearest first
        ("Zoloft", ("ssri", "antidepressant")),
        ("fluoxetine", ()),  # an SSRI to the ontology, but no passage here says so
        ("nonsense", ()),
    ],
)
def test_the_groups_that_passages_state(
    settings: Settings, substance: str, groups: tuple[str, ...]
) -> None:
    with IndexVersion.open(settings.index_dir, threads=1) as version:
        assert classes_of(version.graph)(substance) == groups


def test_a_brand_is_answered_for_as_its_group_and_the_reader_is_told(settings: Settings) -> None:
    with Engine.open(settings) as engine:
        answer = engine.ask("Does Zoloft cause nausea?")
        assert answer.status is Status.PARTIAL
        assert "SSRIs can cause nausea in the first weeks." in [s.text for s in answer.sentences]
        assert "Sertraline is one of the SSRIs, and some of this is about SSRIs" in answer.notice
        assert engine.ask("Does Prozac cause nausea?").status is Status.ABSTAINED
