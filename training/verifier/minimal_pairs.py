"""Clinical pairs made without a language model: a sentence, its passage, and one thing changed.

Each wrong sentence stands beside a faithful one about the same passage that went through the same
surface changes, so that neither length nor wording gives the label away.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rag.verify.words import content_stems
from training.verifier.edits import FAITHFUL, WRONG, Edited
from training.verifier.sources import Text

_STRUCTURAL = ("deleted", "neighbour", "added")
# A sentence whose words mostly stand in the context may be supported by it after all.
_STILL_COVERED = 0.6


@dataclass(frozen=True, slots=True)
class Pair:
    """One training row; `wrong` holds the character spans that the passage does not support."""

    kind: str
    topic: str
    passage: str
    sentence: str
    supported: bool
    wrong: tuple[tuple[int, int], ...] | None


def coverage(sentence: str, context: Sequence[str]) -> float:
    """Share of the sentence's content stems found in the context."""
    wanted = set(content_stems(sentence))
    return len(wanted & set(content_stems(" ".join(context)))) / len(wanted) if wanted else 1.0


class PairMaker:
    """Makes pairs from documents with one generator, so that a seed fixes them all."""

    def __init__(self, texts: Sequence[Text], seed: int) -> None:
        self._texts = texts
        self._rng = random.Random(seed)  # noqa: S311  a reproducible sample, not a secret
        self._by_topic: dict[str, list[int]] = defaultdict(list)
        for i, text in enumerate(texts):
            self._by_topic[text.topic].append(i)

    def pairs(self, per_kind: int) -> Iterator[Pair]:
        """Up to `per_kind` wrong pairs of each kind, each followed by its faithful twin."""
        places = [(i, j) for i, t in enumerate(self._texts) for j in range(len(t.sentences))]
        for kind in (*WRONG, *_STRUCTURAL):
            self._rng.shuffle(places)
            made = 0
            for i, j in places:
                if made == per_kind:
                    break
                wrong = self._wrong(kind, i, j)
                if wrong is not None:
                    made += 1
                    yield wrong
                    yield self._faithful_twin(wrong, i, j)

    def _wrong(self, kind: str, i: int, j: int) -> Pair | None:
        text, rng = self._texts[i], self._rng
        if kind in WRONG and not any(e(text.sentences[j], (), rng) for e in WRONG[kind]):
            return None
        start, stop = self._stretch(text, j)
        context = list(text.sentences[start:stop])
        sentence = self._reworded(text.sentences[j], context)
        if kind in WRONG:
            for editor in WRONG[kind]:
                edited = editor(sentence, context, rng)
                if edited is not None and edited.text not in context:
                    return self._pair(kind, i, context, edited, supported=False)
            return None
        if kind == "deleted":
            context = [s for s in context if coverage(text.sentences[j], [s]) < 0.5]
            if len(context) < 2 or coverage(sentence, context) > _STILL_COVERED:
                return None
            edited = Edited(sentence, ((0, len(sentence)),))
            return self._pair(kind, i, context, edited, supported=False)
        foreign = self._foreign(i, start, stop)
        if foreign is None or coverage(foreign, context) > _STILL_COVERED:
            return None
        foreign = self._reworded(foreign, context)
        if kind == "neighbour":
            return self._pair(
                kind, i, context, Edited(foreign, ((0, len(foreign)),)), supported=False
            )
        joined = self._joined(sentence, foreign)
        return self._pair(kind, i, context, joined, supported=False)

    def _faithful_twin(self, wrong: Pair, i: int, j: int) -> Pair:
        """A supported sentence about sentence `j`: reworded, at times merged with a neighbour."""
        text, rng = self._texts[i], self._rng
        start, stop = self._stretch(text, j)
        context = list(text.sentences[start:stop])
        sentence = self._reworded(text.sentences[j], context)
        merge = 0.6 if wrong.kind == "added" else 0.15
        if rng.random() < merge and stop - start > 2:
            others = [k for k in range(start, stop) if k != j]
            other = self._reworded(text.sentences[rng.choice(others)], context)
            sentence = self._joined(sentence, other).text
        return self._pair(wrong.kind, i, context, Edited(sentence), supported=True)

    def _stretch(self, text: Text, j: int) -> tuple[int, int]:
        """A run of three to ten sentences around sentence `j`."""
        size = self._rng.randint(3, 10)
        start = max(0, min(j - self._rng.randrange(size), len(text.sentences) - size))
        return start, min(len(text.sentences), start + size)

    def _reworded(self, sentence: str, context: Sequence[str]) -> str:
        """None to three faithful changes."""
        for name in self._rng.choices(list(FAITHFUL), (4, 4, 1, 0.5), k=self._rng.randint(0, 3)):
            edited = FAITHFUL[name](sentence, context, self._rng)
            sentence = edited.text if edited is not None else sentence
        return sentence

    def _foreign(self, i: int, start: int, stop: int) -> str | None:
        """A sentence on the same topic from outside the stretch."""
        text = self._texts[i]
        own = [s for k, s in enumerate(text.sentences) if k < start - 1 or k > stop]
        others = [k for k in self._by_topic[text.topic] if k != i]
        if others and (not own or self._rng.random() < 0.5):
            own = list(self._texts[self._rng.choice(others)].sentences)
        return self._rng.choice(own) if own else None

    def _joined(self, first: str, second: str) -> Edited:
        """Two sentences as one claim, in either order; the second is the span that is wrong."""
        if self._rng.random() < 0.25:
            head = second.rstrip(".!") + self._rng.choice((". ", ". Also, "))
            return Edited(head + first, ((0, len(second) - 1),))
        link = self._rng.choice((", and ", "; ", ". ", ". In addition, ", " and "))
        head = first.rstrip(".!") + link
        if not link.startswith(".") and second.split()[0][1:].islower():
            second = second[0].lower() + second[1:]
        return Edited(head + second, ((len(head), len(head) + len(second)),))

    def _pair(
        self, kind: str, i: int, context: Sequence[str], edited: Edited, *, supported: bool
    ) -> Pair:
        text, rng = self._texts[i], self._rng
        passages = [" ".join(context) if rng.random() < 0.7 else "\n".join(context)]
        others = [k for k in self._by_topic[text.topic] if k != i]
        # At times a second passage on the topic stands in the context too.
        if others and rng.random() < 0.3:
            other = self._texts[rng.choice(others)].sentences
            start = rng.randrange(max(1, len(other) - 4))
            distractor = list(other[start : start + rng.randint(2, 5)])
            if supported or coverage(edited.text, distractor) < _STILL_COVERED:
                passages.insert(rng.randrange(2), " ".join(distractor))
        wrong = () if supported else edited.changed
        return Pair(kind, text.topic, "\n\n".join(passages), edited.text, supported, wrong)
