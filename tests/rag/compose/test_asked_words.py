"""What the words of a question ask of the passages that answer it."""

from __future__ import annotations

from pathlib import Path

import pytest

from rag import Engine, Settings
from rag.model import Status

STORY = "I lie awake until four counting the cracks in the ceiling, then drag myself to work"


@pytest.mark.parametrize(
    ("question", "status"),
    [
        (STORY, Status.PARTIAL),  # the sources speak of no ceiling, and need not
        ("Does acupuncture help with insomnia?", Status.ABSTAINED),  # of acupuncture they must
    ],
)
def test_a_story_may_hold_words_that_no_source_has(
    built_index: Path, question: str, status: Status
) -> None:
    with Engine.open(Settings(index_dir=built_index)) as engine:
        assert engine.ask(question).status is status
