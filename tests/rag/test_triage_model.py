from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from rag import triage_model
from rag.errors import EncoderError
from rag.safety.classifier import WEIGHTS, encoder_folders
from rag.safety.triage import triage

UNKNOWN_TO_RULES = "Nobody is going to convince me that staying is worth it"


def test_the_shipped_one_opens() -> None:
    assert triage([UNKNOWN_TO_RULES], classifier=triage_model.open_classifier()).crisis


@pytest.mark.parametrize("changed", [0, 1])
def test_a_changed_file_leaves_the_rules_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, changed: int
) -> None:
    weights = tmp_path / "weights"
    shutil.copytree(WEIGHTS, weights)
    (encoder_folders(weights)[changed] / "model.onnx").write_bytes(b"changed")
    monkeypatch.setattr(triage_model, "WEIGHTS", weights)
    with pytest.raises(EncoderError):
        triage_model.open_classifier()
    assert triage_model.usable_classifier() is None
    assert triage(["I want to die"], classifier=triage_model.WhenNeeded()).crisis
    assert not triage([UNKNOWN_TO_RULES], classifier=triage_model.WhenNeeded()).crisis


def test_it_opens_only_where_the_rules_do_not_settle_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(triage_model, "WEIGHTS", Path("nowhere"))
    lazy = triage_model.WhenNeeded()
    assert triage(["I want to kill myself tonight"], classifier=lazy).imminent
    monkeypatch.undo()
    assert triage([UNKNOWN_TO_RULES], classifier=lazy).crisis


def test_a_first_look_recognises_nothing_and_overrules_what_yields() -> None:
    first = triage_model.OnlyOverrules()
    assert not triage([UNKNOWN_TO_RULES], classifier=first).crisis
    assert triage(["I can't do this any more"], classifier=first).crisis
    plain = "I can't do this any more, the choir, my knees are too old for standing."
    assert triage([plain]).crisis
    assert not triage([plain], classifier=first).crisis
