"""The measures of the gate: forms of input, figures that can be counted by hand, the picture."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from rag.encoders import open_encoder
from rag.errors import SettingsError
from rag.evaluation.curves import draw_risk_coverage
from rag.evaluation.grounding import evaluate
from rag.evaluation.grounding_data import Case, read_cases
from rag.jsonable import dumps
from rag.settings import EncoderSettings
from rag.verify.gate import Gate
from rag.verify.lexical_embedding import LexicalEmbeddingModel

PASSAGE = "Caffeine often makes sleep worse. Adults may sleep better with a regular bedtime."
TRUE = "Caffeine often makes sleep worse."
FALSE = "Caffeine often makes sleep better."


@pytest.fixture(scope="module")
def gate() -> Gate:
    return Gate(LexicalEmbeddingModel(open_encoder(EncoderSettings(threads=1))))


def write(path: Path, rows: Sequence[object]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


def test_three_forms_are_read(tmp_path: Path) -> None:
    answer = f"{TRUE} {FALSE}"
    start = answer.index(FALSE)
    marked = {"id": "a", "question": "q", "passages": [PASSAGE], "answer": answer}
    spans = [{"start": start + 27, "end": start + 33, "kind": "conflict"}]
    claim = {"question": "q2", "claim": TRUE, "references": [PASSAGE]}
    rows = [
        marked | {"spans": spans},
        claim | {"attribution_label": "not attributable"},
        {"sentence": TRUE, "passage": PASSAGE, "supported": True},
    ]
    first, second, third, fourth = read_cases(write(tmp_path / "in.jsonl", rows))
    assert (first.supported, second.supported) == (True, False)
    assert first.response == second.response == "a"
    assert second.before == TRUE
    assert (third.question, third.supported, third.passages) == ("q2", False, (PASSAGE,))
    assert fourth.supported


@pytest.mark.parametrize(
    "row",
    [
        {"sentence": TRUE},
        {"answer": TRUE, "spans": [{"start": 0}], "passages": [PASSAGE]},
        {"sentence": TRUE, "passages": PASSAGE, "supported": True},
        [1, 2],
    ],
)
def test_a_line_of_another_form_is_named(tmp_path: Path, row: object) -> None:
    good = {"sentence": TRUE, "passage": PASSAGE, "supported": True}
    with pytest.raises(SettingsError, match="line 2"):
        read_cases(write(tmp_path / "in.jsonl", [good, row]))


def test_nothing_to_read_says_so(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="no sentences"):
        read_cases(write(tmp_path / "in.jsonl", []))
    with pytest.raises(SettingsError, match="Cannot read"):
        read_cases(tmp_path / "missing.jsonl")


def test_figures_of_a_set_that_the_gate_judges_rightly(gate: Gate, tmp_path: Path) -> None:
    cases = [
        Case(f"q{i}", f"r{i}{good}", TRUE if good else FALSE, "", (PASSAGE,), good)
        for i in range(5)
        for good in (True, False)
    ]
    report, baseline = evaluate(cases, {"gate": gate, "lexical baseline": gate})
    assert report.sentences.auroc.value == report.answers.auroc.value == 1.0
    assert report.sentences.f1.value == report.sentences.balanced_accuracy.value == 1.0
    assert (report.supported_kept, report.unsupported_released) == (1.0, 0.0)
    assert report.released_at["0.90"] == 0.0
    assert report.risk_coverage[-1] == (1.0, 0.5)
    picture = tmp_path / "curve.png"
    draw_risk_coverage([report, baseline], picture)
    assert picture.read_bytes().startswith(b"\x89PNG")


def test_a_wrong_label_lowers_the_figures(gate: Gate) -> None:
    cases = [
        Case("a", "a", TRUE, "", (PASSAGE,), False),
        Case("b", "b", FALSE, "", (PASSAGE,), True),
    ]
    (report,) = evaluate(cases, {"gate": gate})
    assert dumps(report)  # half of all draws hold one label only, and JSON knows no NaN
    auroc = report.sentences.auroc
    assert (auroc.value, auroc.low, auroc.high) == (0.0, 0.0, 0.0)
    assert (report.supported_kept, report.unsupported_released) == (0.0, 1.0)


def test_an_answer_is_unsupported_if_one_sentence_is(gate: Gate) -> None:
    cases = [
        Case("a", "a", TRUE, "", (PASSAGE,), True),
        Case("a", "a", FALSE, TRUE, (PASSAGE,), False),
        Case("b", "b", TRUE, "", (PASSAGE,), True),
    ]
    (report,) = evaluate(cases, {"gate": gate})
    assert (report.answers.count, report.answers.unsupported) == (2, 1)
    assert report.answers.auroc.value == 1.0
