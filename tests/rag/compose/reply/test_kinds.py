from __future__ import annotations

import pytest

from rag.compose.reply.kinds import Kind, kind_of
from rag.compose.reply.sentences import read_reply


@pytest.mark.parametrize(
    ("reply", "kind"),
    [
        ("Rest helps. [1]", Kind.ANSWER),
        ("Rest helps many people with low mood.", Kind.ANSWER),
        ("NOT IN THE SOURCES", Kind.SILENCE),
        ("Not in the sources.", Kind.SILENCE),
        ("The sources do not mention kleptomania.", Kind.SILENCE),
        ("I'm sorry, but I can't help with that.", Kind.REFUSAL),
        ("As an AI, I cannot discuss medical topics.", Kind.REFUSAL),
        ("", Kind.EMPTY),
        ("---\n", Kind.EMPTY),
        ("Dormir bien ayuda a muchas personas con el ánimo bajo. [1]", Kind.FOREIGN),
        ("睡眠有助于改善情绪。[1]", Kind.FOREIGN),
    ],
)
def test_kinds(reply: str, kind: Kind) -> None:
    sentences = read_reply(reply)
    cited = any(sentence.cites for sentence in sentences)
    assert kind_of(reply, [sentence.text for sentence in sentences], cited=cited) is kind
