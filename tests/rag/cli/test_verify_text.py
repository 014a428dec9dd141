"""`rag verify --text`: any text against any documents, as a user would run it."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from rag import Settings
from rag.index.build import build
from tests.conftest import DOCUMENTS, HEAD

Done = subprocess.CompletedProcess[bytes]
Run = Callable[..., Done]

GUIDELINE = """# Sleep

## What helps
Adults may sleep better with a regular bedtime. Caffeine often makes sleep worse.
"""
ANSWER = "Caffeine often makes sleep worse [1]. Caffeine cures insomnia within 3 days [2]."


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "guidelines"
    made.mkdir()
    (made / "sleep.md").write_text(GUIDELINE)
    return made


def test_each_sentence_of_a_text_is_judged(rag: Run, folder: Path, tmp_path: Path) -> None:
    (tmp_path / "answer.md").write_text(ANSWER)
    done = rag("verify", "--text", tmp_path / "answer.md", "--against", folder, "--json")
    first, second = json.loads(done.stdout)
    assert (first["verdict"]["supported"], first["titles"]) == (True, ["Sleep"])
    assert second["verdict"]["supported"] is False
    assert second["passages"] == []


def test_people_see_what_rests_on_what(rag: Run, folder: Path) -> None:
    done = rag("verify", "--text", "-", "--against", folder, stdin=ANSWER.encode())
    shown = done.stdout.decode()
    assert done.returncode == 0
    assert "1 of 2 sentences are supported." in shown
    assert "not supported" in shown


def test_what_is_no_longer_in_force_supports_nothing(rag: Run, tmp_path: Path) -> None:
    documents = tmp_path / "documents"
    documents.mkdir()
    for name, (title, text) in DOCUMENTS.items():
        head = HEAD.format(id=name, title=title)
        if name == "panic":
            head = head.replace("licence:", "withdrawn_on: 2026-11-10\nlicence:")
        (documents / f"{name}.md").write_text(head + text)
    old = HEAD.format(id="insomnia", title="Insomnia").replace("2026-11", "2024-01")
    (documents / "old.md").write_text(
        f"{old}\n# Insomnia\n\nWarm milk often helps with insomnia.\n"
    )
    build([documents], Settings(index_dir=tmp_path / "indexes"))
    text = """Cutting down on coffee can make panic attacks less likely. Warm milk often helps with
insomnia. Worry about sleep itself can keep insomnia going."""
    done = rag("verify", "--text", "-", "--json", stdin=text.encode())
    supported = [sentence["verdict"]["supported"] for sentence in json.loads(done.stdout)]
    assert supported == [False, False, True]


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("--text", "missing.md", "--against", "guidelines"), 2, "missing.md"),
        (("--text", "empty.md", "--against", "guidelines"), 2, "empty"),
        (("--text", "guidelines/sleep.md", "--against", "nowhere"), 1, "nowhere"),
        (("--text", "guidelines/sleep.md"), 3, "rag build"),
    ],
)
def test_bad_input_says_what_to_do(
    rag: Run, folder: Path, tmp_path: Path, arguments: tuple[str, ...], code: int, said: str
) -> None:
    (tmp_path / "empty.md").write_text(" \n")
    done = rag("verify", *arguments)
    assert done.returncode == code
    assert said in done.stderr.decode()
    assert b"Traceback" not in done.stderr
