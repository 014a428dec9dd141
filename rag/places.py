"""The sentences of one reply in the making: which stand, which left, what is around each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from rag.compose.reply.sentences import ReplySentence
from rag.release import CLAIMLESS, Judged, standing

Around = tuple[str, tuple[str, ...]]  # what is read before a sentence, and what was lost since


@dataclass(slots=True, eq=False)
class Place:
    """One sentence of the reply, and how it was judged."""

    written: ReplySentence | None  # as the LLM wrote it; None for what could not be judged
    judged: Judged
    given: bool = False  # it has left
    again: bool = False  # it was written again, and passed

    @property
    def claims(self) -> bool:
        """Whether it says something: a greeting does not."""
        return self.judged.verdict.checked_by not in CLAIMLESS


class Places:
    """Every sentence in the order of the reply; one that was written again stands in its place."""

    def __init__(self, *, arriving: bool) -> None:
        """`arriving`: what passes leaves at once, and what is written again leaves last."""
        self._arriving = arriving
        self._places: list[Place] = []

    def __iter__(self) -> Iterator[Place]:
        return iter(tuple(self._places))

    def __len__(self) -> int:
        return len(self._places)

    @property
    def begun(self) -> bool:
        """Whether anything has left."""
        return any(place.given for place in self._places)

    def add(self, written: ReplySentence | None, judged: Judged) -> None:
        """The next sentence of the reply."""
        self._places.append(Place(written, judged))

    def failed(self) -> list[Place]:
        """Those that may be written again."""
        return [p for p in self._places if p.written and not p.judged.passed]

    def around(self, sentence: ReplySentence, place: Place | None = None) -> Around:
        """What a reader will find before `sentence`, which comes next, or at `place`."""
        until = self._places.index(place) if place else len(self._places)
        before = self._places[:until]
        if not sentence.lead:
            return standing(p.judged for p in before)
        above = (p for p in reversed(before) if p.written and p.written.text == sentence.lead)
        lead = next(above, None)
        return (lead.judged.text, ()) if lead and lead.judged.passed else ("", (sentence.lead,))

    def around_again(self, sentence: ReplySentence, place: Place) -> Around:
        """The same for what was written again for `place`.

        When sentences leave as they pass, it leaves after all of them: what it was written to
        follow is then lost, unless that happens to be the last that has left.
        """
        if not self._arriving:
            return self.around(sentence, place)
        if sentence.lead:
            return "", (sentence.lead,)
        until = self._places.index(place)
        followed = next((p for p in reversed(self._places[:until]) if p.claims), None)
        left = [p for p in self._places if p.given and p.claims]
        left += [p for p in self._places[:until] if p.again]
        last = left[-1] if left else None
        before = last.judged.text if last else ""
        if last is followed:
            return before, ()
        return before, (followed.judged.text if followed else "",)

    def moved(self) -> Iterator[Place]:
        """Those that passed after another sentence than the one that now stands before them; to be
        judged anew one by one, since one that falls moves the next."""
        changed: set[int] = set()
        before: Place | None = None
        for place in () if self._arriving else self:
            stays = place.judged.passed and not place.again
            if place.written and stays and before and id(before) in changed:
                yield place
                stays = place.judged.passed
                if not stays:
                    changed.add(id(place))
            if place.again:
                changed.add(id(place))
            before = place if place.claims else before

    def ready(self, *, last: bool = False) -> Iterator[Judged]:
        """Sentences that passed and have not left yet.

        One that claims nothing ("I'm sorry to hear that", "These may help:") waits for a claim to
        go with, and is left out when none comes.
        """
        waiting: list[Place] = []
        said = self.begun
        for place in self._places:
            if place.given or not place.judged.passed:
                continue
            waiting.append(place)
            if not place.claims:
                continue
            said = True
            yield from _give(waiting)
            waiting = []
        if last and said:
            yield from _give(w for w in waiting if w.judged.verdict.checked_by != "lead-in")
            waiting = [w for w in waiting if not w.given]
        if last:
            self._places = [place for place in self._places if place not in waiting]


def _give(places: Iterable[Place]) -> Iterator[Judged]:
    for place in places:
        place.given = True
        yield place.judged
