"""Whether a sentence of a recorded answer is among those that were released."""

from __future__ import annotations

import re
from collections.abc import Sequence

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
# Of a recorded sentence's words, what must be there: the engine leaves out "According to [2],".
_NEARLY_ALL = 0.75


class Released:
    """The released sentences, ready to be compared with recorded ones by their words."""

    def __init__(self, texts: Sequence[str]) -> None:
        self._sentences = [_words(text) for text in texts]
        # A recorded sentence may have been released in two, or as part of a list on one line.
        self._all = " ".join(" ".join(words) for words in self._sentences)

    def holds(self, sentence: str) -> bool:
        """Whether the words of `sentence` stand in what was released, together and in order; or
        nearly all of them do, as a released sentence that has no other words."""
        wanted = _words(sentence)
        if not wanted:
            return False
        if f" {' '.join(wanted)} " in f" {self._all} ":
            return True
        least = _NEARLY_ALL * len(wanted)
        return any(len(w) >= least and _in_order(w, wanted) for w in self._sentences)


def _words(text: str) -> list[str]:
    return [word.lower().replace("’", "'") for word in _WORD.findall(text)]


def _in_order(words: Sequence[str], within: Sequence[str]) -> bool:
    remaining = iter(within)
    return all(word in remaining for word in words)
