from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.cli.jsonl import run_batch, text_field
from rag.errors import QuestionError, SettingsError

texts = st.text(st.characters())  # lone surrogates among them
values = st.recursive(
    st.none() | st.booleans() | st.integers() | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=8,
)
records = st.lists(st.dictionaries(texts, values, max_size=4), max_size=6)


def _run(lines: list[bytes], work: Any) -> tuple[list[dict[str, Any]], tuple[int, int]]:
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder, "in"), Path(folder, "out")
        source.write_bytes(b"\n".join(lines))
        counts = run_batch(source, target, work)
        return [json.loads(line) for line in target.read_text("utf-8").split("\n") if line], counts


@given(records)
def test_every_field_of_every_record_comes_back(given_records: list[dict[str, Any]]) -> None:
    lines = [json.dumps(record).encode() for record in given_records]
    out, counts = _run(lines, lambda record: {"found": (1, 2), "question": "new"})
    assert counts == (len(given_records), 0)
    assert len(out) == len(given_records)
    for before, after in zip(given_records, out, strict=True):
        assert before.items() <= after.items()
        assert after["answer_found" if "found" in before else "found"] == [1, 2]


def test_an_input_field_that_has_the_second_name_too_is_kept() -> None:
    given_record = {"status": 1, "answer_status": 2, "answer_error": 3}
    ((done,), _) = _run([json.dumps(given_record).encode()], lambda record: {"status": "new"})
    assert done == given_record | {"answer_answer_status": "new"}


@given(st.lists(st.binary(max_size=40).map(lambda b: b.replace(b"\n", b" ")), max_size=5))
def test_no_line_stops_the_run(lines: list[bytes]) -> None:
    out, (total, failed) = _run(lines, lambda record: {})
    assert len(out) == total
    assert sum("error" in record for record in out) >= failed


def test_an_error_of_the_work_stands_in_its_record() -> None:
    def work(record: dict[str, Any]) -> dict[str, Any]:
        if text_field(record, "question") == "bad":
            raise QuestionError("ask it again, changed")
        return {"ok": True}

    lines = [b'{"question": "bad"}', b'{"question": "good"}', b"{}", b'{"x": NaN}', b"[" * 100_000]
    out, counts = _run(lines, work)
    assert counts == (5, 4)
    assert out[0] == {"question": "bad", "error": "ask it again, changed"}
    assert out[1] == {"question": "good", "ok": True}
    assert '"question"' in out[2]["error"]
    assert "NaN" in out[3]["error"]
    assert out[4]["line"] == 5


def test_an_input_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="--input"):
        run_batch(tmp_path / "none.jsonl", None, lambda record: {})
