from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

Done = subprocess.CompletedProcess[bytes]
Run = Callable[..., Done]
NEARLY_TIED = 0.001


def test_hits_come_best_first_with_each_arms_score(rag: Run, built_index: Path) -> None:
    done = rag(
        "retrieve", "signs of insomnia", "--top-k", "3", "--json", "--index-dir", built_index
    )
    found = json.loads(done.stdout)
    scores = [hit["score"] for hit in found["hits"]]
    # Scores that nearly tie are ordered by evidence grade.
    assert all(a >= b - NEARLY_TIED for a, b in pairwise(scores))
    assert 1 <= len(scores) <= 3
    best = found["hits"][0]
    assert best["source_id"] == "insomnia"
    assert set(best) == {"passage_id", "source_id", "score", "arms", "text"}
    assert set(best["arms"]) <= {"dense", "lexical"}


def test_one_arm_can_be_chosen(rag: Run, built_index: Path) -> None:
    done = rag(
        "retrieve", "signs of insomnia", "--arms", "lexical", "--json", "--index-dir", built_index
    )
    hits = json.loads(done.stdout)["hits"]
    assert hits
    assert all(set(hit["arms"]) == {"lexical"} for hit in hits)


def test_an_arm_that_does_not_exist_is_wrong_usage(
    rag: Run, built_index: Path, error_line: Callable[[Done], str]
) -> None:
    done = rag("retrieve", "sleep", "--arms", "psychic", "--index-dir", built_index)
    assert done.returncode == 2
    assert "psychic" in error_line(done)


def test_batch(rag: Run, built_index: Path) -> None:
    lines = [{"id": n, "question": q} for n, q in enumerate(["panic attacks", "hoarding"])]
    text = "".join(json.dumps(line) + "\n" for line in lines).encode()
    done = rag("retrieve", "--input", "-", "--top-k", "1", "--index-dir", built_index, stdin=text)
    records = [json.loads(line) for line in done.stdout.splitlines()]
    assert [record["id"] for record in records] == [0, 1]
    assert [record["hits"][0]["source_id"] for record in records] == ["panic", "hoarding"]


def test_people_see_titles_and_text(rag: Run, built_index: Path) -> None:
    shown = rag("retrieve", "hoarding", "--index-dir", built_index).stdout.decode()
    assert shown.startswith("1. Hoarding disorder")
    assert "part with things" in " ".join(shown.split())
