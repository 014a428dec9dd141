from __future__ import annotations

import json
from pathlib import Path

from typer.testing import CliRunner

from rag.cli.main import app

runner = CliRunner()


def test_batch_keeps_order_and_fields(tmp_path: Path) -> None:
    source, target = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    rows = [
        {"id": "b", "text": "I want to die", "extra": [1, 2]},
        {"id": "a", "turns": ["hello", "What is OCD?"]},
        {"id": "c"},
    ]
    source.write_text("\n".join(json.dumps(row) for row in rows) + "\n", encoding="utf-8")
    done = runner.invoke(app, ["triage", "--input", str(source), "--output", str(target)])
    assert done.exit_code == 0
    out = [json.loads(line) for line in target.read_text(encoding="utf-8").splitlines()]
    assert [row["id"] for row in out] == ["b", "a", "c"]
    assert out[0] | rows[0] == out[0]
    assert (out[0]["crisis"], out[0]["category"]) == (True, "suicide")
    assert out[0]["rules"]
    assert (out[1]["crisis"], out[1]["category"], out[1]["rules"]) == (False, None, [])
    assert "error" in out[2]


def test_one_message_as_json() -> None:
    done = runner.invoke(app, ["triage", "I want to die", "--json"])
    assert done.exit_code == 0
    assert json.loads(done.stdout)["crisis"] is True


def test_neither_text_nor_input_is_wrong_usage() -> None:
    assert runner.invoke(app, ["triage"]).exit_code == 2
