from __future__ import annotations

import io
import json
import subprocess
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest

Done = subprocess.CompletedProcess[bytes]
DOCUMENT = """<Document id="{n}" source="T"><Focus>Topic {n}</Focus><QAPairs><QAPair pid="1">
<Question qid="{n}-1" qtype="information">What is topic {n}?</Question>
<Answer>Topic {n} is a thing in group {n}.</Answer></QAPair></QAPairs></Document>"""


@pytest.fixture
def data(tmp_path: Path) -> Path:
    folder = tmp_path / "medquad"
    folder.mkdir()
    with tarfile.open(folder / "qa.tar.gz", "w:gz") as tar:
        for number in range(12):
            content = DOCUMENT.format(n=number).encode()
            member = tarfile.TarInfo(f"a/{number}.xml")
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
    return folder


def test_a_table_and_a_report_are_written(
    rag: Callable[..., Done], data: Path, tmp_path: Path
) -> None:
    done = rag(
        "eval", "retrieval", "--data", data, "--report", "out.json", "--cache", "vectors",
        env={"COLUMNS": "160"},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr.decode()
    table = done.stdout.decode()
    for row in ("dense", "lexical", "unweighted RRF", "hybrid", "MRR@10", "6 questions"):
        assert row in table
    report = json.loads((tmp_path / "out.json").read_text())
    assert report["answers"] == 12
    assert len(report["results"]) == 4
    again = rag("eval", "retrieval", "--data", data, "--cache", "vectors", "--json")
    assert json.loads(again.stdout) == report


def test_a_folder_without_data_is_one_line_of_error(
    rag: Callable[..., Done], error_line: Callable[[Done], str], tmp_path: Path
) -> None:
    done = rag("eval", "retrieval", "--data", tmp_path)
    assert done.returncode == 1
    assert "MedQuAD" in error_line(done)
