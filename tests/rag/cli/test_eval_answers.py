from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

Done = subprocess.CompletedProcess[bytes]
Run = Callable[..., Done]
ErrorLine = Callable[[Done], str]

ROWS = [
    {"id": "a", "question": "What helps with panic attacks?", "answerable": True},
    {"id": "b", "question": "What is the capital of France?", "answerable": False},
    {"id": "c", "question": "What is the capital of Spain?", "answerable": True},
]


@pytest.fixture
def questions(tmp_path: Path) -> Path:
    path = tmp_path / "questions.jsonl"
    path.write_text("\n".join(json.dumps(row) for row in ROWS))
    return path


def test_counts_answers_and_silences(rag: Run, built_index: Path, questions: Path) -> None:
    done = rag("eval", "answers", "--questions", questions, "--index-dir", built_index)
    shown = done.stdout.decode()
    assert done.returncode == 0
    assert "c [abstained: the sources do not hold an answer] What is the capital of Spain?" in shown
    assert "answerable, answered      1 of 2" in shown
    assert "unanswerable, silent      1 of 1" in shown
    assert "not supported by their passages: 0" in shown


def test_json_holds_every_answer(rag: Run, built_index: Path, questions: Path) -> None:
    done = rag("eval", "answers", "--questions", questions, "--json", "--index-dir", built_index)
    report = json.loads(done.stdout)
    assert [asked["answer"]["status"] for asked in report["asked"]] == [
        "answered",
        "abstained",
        "abstained",
    ]


@pytest.mark.parametrize("text", ["", "not json", '{"id": "a"}', "[1]"])
def test_a_bad_file_is_one_clear_line(
    rag: Run, error_line: ErrorLine, built_index: Path, tmp_path: Path, text: str
) -> None:
    bad = tmp_path / "bad.jsonl"
    bad.write_text(text)
    done = rag("eval", "answers", "--questions", bad, "--index-dir", built_index)
    assert done.returncode == 2
    assert "question" in error_line(done)
