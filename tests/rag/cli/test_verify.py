from __future__ import annotations

import json
import subprocess
from collections.abc import Callable

Done = subprocess.CompletedProcess[bytes]
Run = Callable[..., Done]
PASSAGE = "Cognitive behavioural therapy helps most people with panic attacks."
OTHER = "Most panic attacks reach their peak within ten minutes."


def test_a_sentence_that_its_passage_states(rag: Run) -> None:
    done = rag(
        *("verify", "--sentence", PASSAGE, "--passage", OTHER, "--passage", PASSAGE, "--json"),
    )
    verdict = json.loads(done.stdout)
    assert verdict["supported"] is True
    assert 0 <= verdict["support"] <= 1


def test_people_see_why_a_sentence_fails(rag: Run) -> None:
    wrong = OTHER.replace("ten", "ninety")
    done = rag("verify", "--sentence", wrong, "--passage", OTHER)
    lines = done.stdout.decode().splitlines()
    assert done.returncode == 0
    assert lines[0].startswith("not supported (")
    assert len(lines) > 1


def test_batch_adds_the_verdict_to_each_record(rag: Run) -> None:
    lines = [
        {"id": "yes", "sentence": PASSAGE, "passages": [PASSAGE]},
        {"id": "no", "sentence": PASSAGE.replace("helps", "never helps"), "passages": [PASSAGE]},
        {"id": "bad", "sentence": PASSAGE, "passages": "text"},
    ]
    text = "".join(json.dumps(line) + "\n" for line in lines).encode()
    done = rag("verify", "--input", "-", stdin=text)
    yes, no, bad = [json.loads(line) for line in done.stdout.splitlines()]
    assert set(yes) == {"id", "sentence", "passages", "supported", "outcome", "support", "reasons"}
    assert (yes["supported"], no["supported"]) == (True, False)
    assert no["reasons"]
    assert "passages" in bad["error"]


def test_a_sentence_needs_a_passage(rag: Run) -> None:
    done = rag("verify", "--sentence", PASSAGE)
    assert done.returncode == 2
    assert b"--passage" in done.stderr
