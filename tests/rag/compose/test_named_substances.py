"""A question about one medicine is never answered with evidence on another."""

from __future__ import annotations

import pytest

from rag.compose.named_substances import on_named_substances
from rag.model import Evidence, Hit, Passage, Source, sha256_text


def evidence(text: str) -> Evidence:
    passage = Passage(
        "p", "s", text, ("T",), 0, len(text), (), ((0, len(text)),), sha256_text(text)
    )
    return Evidence(Hit("p", 1.0), passage, Source("s", "T", "P", sha256_text(text)))


@pytest.mark.parametrize(
    ("question", "text", "kept"),
    [
        ("Does Prozac cause weight gain?", "Fluoxetine can change appetite.", True),
        ("Does Prozac cause weight gain?", "Olanzapine can cause weight gain.", False),
        ("Are antidepressants addictive?", "An antidepressant is not a sedative.", True),
        ("Are antidepressants addictive?", "Benzodiazepines are addictive.", False),
        ("Can I mix alcohol and sertraline?", "Sertraline may cause nausea.", False),
        ("Can I mix alcohol and sertraline?", "Alcohol adds to drowsiness from sertraline.", True),
        (
            "How does alcohol withdrawal feel?",
            "Antidepressant withdrawal can bring dizziness.",
            False,
        ),
        ("Can weed cause psychosis?", "Cannabis is linked with psychosis.", True),
        ("What helps with panic?", "Any passage will do here.", True),
    ],
)
def test_evidence_names_what_the_question_names(question: str, text: str, kept: bool) -> None:
    assert bool(on_named_substances(question, [evidence(text)])) is kept
