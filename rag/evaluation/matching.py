"""Whether a sentence of a recorded answer is among those that were released."""

from __future__ import annotations

import re
from collections.abc import Sequence

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
# Of a recorded sentence's words, what must be there: the engine leaves out "According to [2],".
_NEARLY_ALL = 0.75


class Released:
    """The released sentences, ready to be compared with recorded ones by their words."""

    def __init__(self, texts: Sequence[str], *, by_llm: bool) -> None:
        """`by_llm`: the sentences are the recorded model's, not the passages' own."""
        sentences = [" ".join(_words(text)) for text in texts]
        # A recorded sentence may have been released in two, or as part of a list on one line.
        self._all = f" {' '.join(sentences)} "
        self._said = sentences if by_llm else []

    def holds(self, sentence: str) -> bool:
        """Whether the words of `sentence` stand in what was released, together and in order; or
        nearly all of them are one sentence that the model was allowed to say."""
        words = _words(sentence)
        if not words:
            return False
        wanted = f" {' '.join(words)} "
        if wanted in self._all:
            return True
        least = _NEARLY_ALL * len(words)
        return any(said.count(" ") + 1 >= least and f" {said} " in wanted for said in self._said)


def _words(text: str) -> list[str]:
    return [word.lower().replace("’", "'") for word in _WORD.findall(text)]
