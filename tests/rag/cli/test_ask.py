from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

Done = subprocess.CompletedProcess[bytes]
Run = Callable[..., Done]
ErrorLine = Callable[[Done], str]
QUESTION = "What helps with panic attacks?"
CRISIS = "I want to kill myself tonight"


def test_prints_a_cited_answer(rag: Run, built_index: Path) -> None:
    done = rag("ask", QUESTION, "--index-dir", built_index)
    shown = done.stdout.decode()
    assert (done.returncode, done.stderr) == (0, b"")
    body, _, references = shown.partition("\n[1] ")
    assert "[1]" in body
    assert "Panic attacks" in references
    assert "Plumbline tests, 2026" in references
    assert "https://example.org/panic" in references
    assert "National Institute of Mental Health" in references


def test_evidence_stands_under_its_citation(rag: Run, built_index: Path) -> None:
    plain = rag("ask", QUESTION, "--index-dir", built_index).stdout.decode()
    shown = rag("ask", QUESTION, "--evidence", "--index-dir", built_index).stdout.decode()
    assert "“" not in plain
    quote = " ".join(shown.split("“")[1].split("”")[0].split())
    document = (built_index, shown)
    assert quote, document
    answer = json.loads(rag("ask", QUESTION, "--json", "--index-dir", built_index).stdout)
    assert quote == " ".join(answer["citations"][0]["quote"].split())


def test_json_is_one_document_with_checkable_citations(rag: Run, built_index: Path) -> None:
    done = rag("ask", QUESTION, "--json", "--index-dir", built_index)
    answer = json.loads(done.stdout)
    assert answer["status"] == "answered"
    numbers = {citation["number"] for citation in answer["citations"]}
    assert answer["sentences"]
    for sentence in answer["sentences"]:
        assert sentence["verdict"]["supported"] is True
        assert set(sentence["citations"]) <= numbers
        assert sentence["citations"]


def test_says_so_when_the_sources_do_not_hold_the_answer(rag: Run, built_index: Path) -> None:
    done = rag("ask", "How do I file my tax return?", "--json", "--index-dir", built_index)
    answer = json.loads(done.stdout)
    assert done.returncode == 0
    assert answer["status"] in ("abstained", "out_of_scope")
    assert answer["sentences"] == []


@pytest.mark.parametrize("broken", [{}, {"RAG_ENCODER__THREADS": "none"}])
def test_a_crisis_is_answered_without_index_or_settings(rag: Run, broken: dict[str, str]) -> None:
    done = rag("ask", CRISIS, "--country", "GB", "--json", "--index-dir", "nowhere", env=broken)
    answer = json.loads(done.stdout)
    assert (done.returncode, done.stderr) == (0, b"")
    assert answer["status"] == "crisis"
    assert answer["resources"]


def test_a_crisis_answer_names_its_resources(rag: Run) -> None:
    done = rag("ask", CRISIS, "--country", "GB")
    answer = json.loads(rag("ask", CRISIS, "--country", "GB", "--json").stdout)
    shown = done.stdout.decode()
    for resource in answer["resources"]:
        assert resource["name"] in shown
        assert resource["phone"] in shown


def test_without_an_index_it_ends_with_3_and_says_what_to_do(
    rag: Run, error_line: ErrorLine
) -> None:
    done = rag("ask", QUESTION)
    assert done.returncode == 3
    assert "rag build" in error_line(done)


@pytest.mark.parametrize("question", ["", "   ", "a" * 100_000])
def test_a_question_that_cannot_be_used(
    rag: Run, built_index: Path, error_line: ErrorLine, question: str
) -> None:
    done = rag("ask", question, "--index-dir", built_index)
    assert done.returncode == 2
    assert error_line(done)


def test_bytes_that_are_no_text(rag: Run, built_index: Path) -> None:
    done = rag("ask", b"panic \xff\xfe attacks", "--json", "--index-dir", built_index)
    assert done.returncode in (0, 2)
    assert b"Traceback" not in done.stderr
    if done.returncode == 0:
        json.loads(done.stdout.decode("utf-8"))


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        [QUESTION, "--input", "q.jsonl"],
        [QUESTION, "--as-of", "31.01.2026"],
        [QUESTION, "--audience", "robots"],
        [QUESTION, "--no-such-option"],
        ["--input", "missing.jsonl"],
    ],
)
def test_wrong_usage_ends_with_2(rag: Run, built_index: Path, arguments: list[str]) -> None:
    done = rag("ask", *arguments, "--index-dir", built_index)
    assert done.returncode == 2
    assert done.stdout == b""
    assert b"Traceback" not in done.stderr


def test_a_setting_that_cannot_work_is_named(rag: Run, error_line: ErrorLine) -> None:
    done = rag("ask", QUESTION, env={"RAG_RETRIEVAL__TOP_K": "many"})
    assert done.returncode == 2
    assert "RAG_RETRIEVAL__TOP_K" in error_line(done)


def test_batch_keeps_order_and_fields_and_goes_on_after_bad_lines(
    rag: Run, built_index: Path, tmp_path: Path
) -> None:
    lines = [
        b'{"id": "a", "question": "What helps with panic attacks?", "note": {"x": [1, null]}}',
        b"not json",
        b'{"id": "c", "question": 7}',
        b"\xff\xfe",
        b"[1]",
        b"",
        b'{"id": "d", "question": "", "status": "mine"}',
        b'{"id": "e", "question": "What are the signs of insomnia?", "status": "mine"}',
    ]
    source = tmp_path / "q.jsonl"
    source.write_bytes(b"\n".join(lines))
    done = rag("ask", "--input", source, "--output", "a.jsonl", "--index-dir", built_index)
    assert done.returncode == 0
    assert b"5 of 7" in done.stderr
    records = [json.loads(line) for line in (tmp_path / "a.jsonl").read_text().splitlines()]
    first, not_json, no_text, binary, array, empty, last = records
    assert first["note"] == {"x": [1, None]}
    assert first["question"] == QUESTION
    assert first["status"] == "answered"
    assert not_json["line"] == 2
    assert binary["line"] == 4
    assert array["line"] == 5
    assert all(record["error"] for record in (not_json, no_text, binary, array, empty))
    assert no_text["question"] == 7
    assert empty["status"] == "mine"
    assert last["status"] == "mine"
    assert last["answer_status"] == "answered"
    assert last["sentences"]


def test_batch_from_and_to_the_standard_streams(rag: Run, built_index: Path) -> None:
    line = json.dumps({"id": 1, "question": QUESTION}).encode()
    done = rag("ask", "--input", "-", "--index-dir", built_index, stdin=b"\xef\xbb\xbf" + line)
    assert json.loads(done.stdout)["status"] == "answered"


def test_the_input_is_never_overwritten(
    rag: Run, built_index: Path, tmp_path: Path, error_line: ErrorLine
) -> None:
    source = tmp_path / "q.jsonl"
    source.write_text('{"question": "x"}\n')
    done = rag("ask", "--input", source, "--output", source, "--index-dir", built_index)
    assert done.returncode == 2
    assert "another file" in error_line(done)
    assert source.read_text() == '{"question": "x"}\n'


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_full_disk_is_one_line(
    rag: Run, built_index: Path, tmp_path: Path, error_line: ErrorLine
) -> None:
    source = tmp_path / "q.jsonl"
    source.write_text(json.dumps({"question": QUESTION}) + "\n")
    done = rag("ask", "--input", source, "--output", "/dev/full", "--index-dir", built_index)
    assert done.returncode == 1
    assert "space" in error_line(done).lower()


def _started(built_index: Path, *arguments: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "rag.cli.main", "ask", *arguments, "--index-dir", built_index],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def test_a_reader_that_leaves_is_no_crash(built_index: Path) -> None:
    record = json.dumps({"question": QUESTION}).encode() + b"\n"
    process = _started(built_index, "--input", "-")
    assert process.stdin
    assert process.stdout
    assert process.stderr
    process.stdin.write(record)
    process.stdin.flush()
    assert process.stdout.readline()
    process.stdout.close()
    process.stdin.write(record * 3)
    process.stdin.close()
    said = process.stderr.read()
    process.stderr.close()
    assert process.wait(60) == 1
    assert said == b""


def test_ctrl_c_is_no_crash(built_index: Path) -> None:
    process = _started(built_index, "--input", "-")
    assert process.stdin
    assert process.stdout
    process.stdin.write(json.dumps({"question": QUESTION}).encode() + b"\n")
    process.stdin.flush()
    assert process.stdout.readline()
    os.kill(process.pid, signal.SIGINT)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 130
    assert b"Traceback" not in said


def test_output_in_a_narrow_encoding(rag: Run, built_index: Path) -> None:
    narrow = {"PYTHONIOENCODING": "ascii"}
    arguments = ("ask", QUESTION, "--evidence", "--index-dir", built_index)
    assert rag(*arguments, env=narrow).returncode == 0
    answer = json.loads(rag(*arguments, "--json", env=narrow).stdout.decode("utf-8"))
    assert answer["status"] == "answered"


def test_a_batch_without_an_index_still_answers_crises(
    rag: Run, tmp_path: Path, error_line: ErrorLine
) -> None:
    rows = tmp_path / "q.jsonl"
    rows.write_text(
        "\n".join(json.dumps({"id": i, "question": q}) for i, q in enumerate([QUESTION, CRISIS])),
        encoding="utf-8",
    )
    done = rag("ask", "--input", rows, "--output", tmp_path / "a.jsonl", "--country", "GB")
    assert done.returncode == 3
    assert b"rag build" in done.stderr
    plain, crisis = map(json.loads, (tmp_path / "a.jsonl").read_text("utf-8").splitlines())
    assert (plain["id"], "rag build" in plain["error"]) == (0, True)
    assert (crisis["id"], crisis["status"]) == (1, "crisis")
    assert crisis["resources"]


def test_what_only_the_classifier_sees_is_answered_without_an_index(rag: Run) -> None:
    question = "Nobody is going to convince me that staying is worth it"
    done = rag("ask", question, "--json", "--index-dir", "nowhere")
    assert done.returncode == 0
    assert json.loads(done.stdout)["status"] == "crisis"


@pytest.mark.parametrize("audience", ["carer", "peer-supporter", "clinician", "policy"])
def test_each_audience_is_spoken_to(rag: Run, built_index: Path, audience: str) -> None:
    done = rag("ask", QUESTION, "--audience", audience, "--json", "--index-dir", built_index)
    answer = json.loads(done.stdout)
    assert answer["status"] == "answered"
    assert answer["notice"].startswith("For ")
    assert answer["sentences"]
