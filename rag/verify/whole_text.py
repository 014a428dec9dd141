"""A whole text against a collection of passages: each sentence finds its evidence or does not."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from rag.model import Verdict
from rag.sentences import sentence_spans
from rag.verify.gate import Gate
from rag.verify.words import content_stems

_CANDIDATES = 5  # passages judged for each sentence
_TOGETHER = 2  # of these, read as one where none carries the sentence alone


@dataclass(frozen=True, slots=True)
class CheckedSentence:
    """A sentence of the text, its place in it, its verdict, and the passages that it rests on."""

    text: str
    start: int
    end: int
    verdict: Verdict
    passages: tuple[str, ...]


class TextChecker:
    """Holds passages ready, so that many texts can be checked against them."""

    def __init__(self, gate: Gate, passages: Mapping[str, str]) -> None:
        """`passages` maps ids to texts."""
        self._gate = gate
        self._passages = passages
        self._holders: dict[str, list[str]] = defaultdict(list)
        for name, text in passages.items():
            for stem in set(content_stems(text)):
                self._holders[stem].append(name)

    def check(self, text: str) -> tuple[CheckedSentence, ...]:
        """Every sentence of `text`, in order, each judged with the one before it as context."""
        found: list[CheckedSentence] = []
        for start, end in sentence_spans(text):
            sentence = text[start:end]
            before = found[-1].text if found else ""
            verdict, passages = self._judge(sentence, before)
            found.append(CheckedSentence(sentence, start, end, verdict, passages))
        return tuple(found)

    def _judge(self, sentence: str, before: str) -> tuple[Verdict, tuple[str, ...]]:
        """The best verdict of the likeliest passages one by one, then of the likeliest two."""
        names = self._likely(f"{before} {sentence}" if len(sentence.split()) < 8 else sentence)
        if not names:
            return self._gate.judge(sentence, [], before=before), ()
        alone = [(self._gate.judge(sentence, [self._passages[n]], before=before), n) for n in names]
        verdict, name = max(alone, key=lambda pair: (pair[0].supported, pair[0].support))
        if verdict.supported or len(names) == 1:
            return verdict, (name,) if verdict.supported else ()
        pair = names[:_TOGETHER]
        together = self._gate.judge(sentence, [self._passages[n] for n in pair], before=before)
        return (together, pair) if together.supported else (verdict, ())

    def _likely(self, sentence: str) -> tuple[str, ...]:
        """The passages that hold most of the sentence's rare words, best first."""
        weights: dict[str, float] = defaultdict(float)
        for stem in set(content_stems(sentence)):
            holders = self._holders.get(stem, ())
            for name in holders:
                weights[name] += math.log(1 + len(self._passages) / len(holders))
        return tuple(sorted(weights, key=lambda name: (-weights[name], name))[:_CANDIDATES])
