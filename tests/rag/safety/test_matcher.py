from __future__ import annotations

import pytest

from rag.errors import CorpusError
from rag.safety.matcher import Grammar, phrase_table

CLASSES = {
    "die": phrase_table([("die",), ("be", "dead")]),
    "adv": phrase_table([("just",), ("really",)]),
}


def end(pattern: str, text: str) -> int:
    return Grammar(CLASSES).compile(pattern).match(text.split(), 0)


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        ("want to {die}", "want to be dead"),
        ("want {adv}* to die", "want just really just to die"),
        ("want? to die", "to die"),
        ("a|b c", "b c"),
        ("(a b|c) d", "a b d"),
        ("a .. d", "a b c d"),
        ("took {#} pills", "took forty pills"),
        ("took {many} pills", "took 12 pills"),
        ("go on {end}", "go on"),
        ("go on {end}", "go on . maybe"),
    ],
)
def test_matches(pattern: str, text: str) -> None:
    assert end(pattern, text) > 0


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        ("want to {die}", "want to eat"),
        ("a .. d", "a b c x d"),
        ("a .. d", "a . d"),
        ("a .. d", "a not d"),
        ("took {many} pills", "took two pills"),
        ("go on {end}", "go on holiday"),
        ("(a b|c) d", "a d"),
    ],
)
def test_does_not_match(pattern: str, text: str) -> None:
    assert end(pattern, text) == -1


@pytest.mark.parametrize("pattern", ["{nobody} here", ".. a", "a?", "(a .. b) c"])
def test_a_broken_pattern_is_refused(pattern: str) -> None:
    with pytest.raises(CorpusError):
        Grammar(CLASSES).compile(pattern)
