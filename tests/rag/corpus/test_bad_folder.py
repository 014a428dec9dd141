"""A folder of 1,000 files, of which 30 mean harm."""

from __future__ import annotations

import re
import time
from pathlib import Path

import pytest

from rag.index.prepare import Prepared, prepare
from rag.settings import IngestSettings, Settings
from tests.rag.corpus.hostile import HEAD, INJECTED, write_hostile

GOOD = 970
MOST_SECONDS = 120  # of processor time; a bomb that went off would need far more
MOST_MIB = 600


def _memory_kib(name: str) -> int:
    """A figure of this process in /proc: "VmRSS" is what it holds, "VmHWM" the most it held."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(f"{name}:"))


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[Prepared, dict[str, str]]:
    folder = tmp_path_factory.mktemp("guidelines")
    outside = tmp_path_factory.mktemp("outside")
    expected = write_hostile(folder, outside)
    for number in range(GOOD):
        text = HEAD.format(f"note-{number}").replace("Many people", f"Many of {number} people")
        (folder / f"note-{number}.md").write_text(text)
    before = set(outside.iterdir())
    settings = Settings(ingest=IngestSettings(pdf_timeout_s=20))
    began = time.process_time()
    Path("/proc/self/clear_refs").write_text("5")  # the peak starts anew (man 5 proc)
    held = _memory_kib("VmRSS")
    prepared = prepare([folder], settings)
    assert time.process_time() - began < MOST_SECONDS
    assert _memory_kib("VmHWM") - held < MOST_MIB * 1024
    assert set(outside.iterdir()) == before
    return prepared, expected


def test_the_970_are_in(built: tuple[Prepared, dict[str, str]]) -> None:
    names = {source.id for source in built[0].recipe.content.sources}
    assert {f"note-{number}" for number in range(GOOD)} <= names


def test_the_30_are_listed_with_reasons(built: tuple[Prepared, dict[str, str]]) -> None:
    prepared, expected = built
    said = {Path(path).name: reason for path, reason in prepared.quarantined}
    noted = {Path(path).name: note for path, note in prepared.warnings if "hidden" in note}
    assert set(said) | set(noted) == set(expected)
    for name, pattern in expected.items():
        assert re.search(pattern, said.get(name) or noted[name]), (name, said.get(name))


def test_nothing_hidden_or_outside_becomes_evidence(
    built: tuple[Prepared, dict[str, str]],
) -> None:
    texts = " ".join(passage.text for _, passage in built[0].recipe.content.passages)
    assert "lithium" in INJECTED
    assert "lithium" not in texts
    assert "secret" not in texts
    assert "fetch(" not in texts
