"""What leaves the engine: sentences that the gate passes and the output rules allow."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from rag.compose.extractive import DraftSentence
from rag.compose.release import CitationList, released
from rag.model import Citation, Dropped, Evidence, Sentence, Verdict
from rag.safety.output import blocked
from rag.verify.gate import Gate
from rag.verify.repair import supporting_passage

# Of an answer's claims this share must survive: less would answer something else than was asked.
_ENOUGH_REMAINS = 0.5
_LEANS = ("context: the sentence before it was dropped",)


@dataclass(frozen=True, slots=True)
class Judged:
    """A draft sentence after the gate; `cites` may be another passage than the draft cited."""

    text: str
    cites: tuple[str, ...]
    verdict: Verdict
    reasons: tuple[str, ...]  # why it may not be released; empty if it may

    @property
    def passed(self) -> bool:
        """Whether the sentence may be released."""
        return not self.reasons


class Inspector:
    """Judges the sentences of one draft against the evidence that was retrieved for it."""

    def __init__(self, gate: Gate, evidence: Sequence[Evidence], audience: str) -> None:
        """`audience` decides which output rules hold; see `rag.safety.output`."""
        self._gate = gate
        self._texts = {e.passage.id: e.passage.text for e in evidence}
        self._audience = audience

    def inspect(self, sentences: Sequence[DraftSentence]) -> tuple[Judged, ...]:
        """Each sentence judged, in order. One that leans on a refused one is refused too."""
        found: list[Judged] = []
        for sentence in sentences:
            before = found[-1] if found else None
            if sentence.leans and before and not before.passed:
                verdict = self._judge(sentence.text, sentence.cites, "")
                found.append(Judged(sentence.text, sentence.cites, verdict, _LEANS))
                continue
            found.append(self._one(sentence, before.text if before and before.passed else ""))
        return tuple(found)

    def _one(self, sentence: DraftSentence, before: str) -> Judged:
        cites = sentence.cites
        verdict = self._judge(sentence.text, cites, before)
        if not verdict.supported:
            others = {i: text for i, text in self._texts.items() if i not in cites}
            better = supporting_passage(self._gate, sentence.text, others, before=before)
            if better:
                cites, verdict = (better[0],), better[1]
        quoted = [self._texts[i] for i in cites if i in self._texts]
        reasons = verdict.reasons or tuple(
            blocked(sentence.text, passages=quoted, audience=self._audience)
        )
        return Judged(sentence.text, cites, verdict, reasons)

    def _judge(self, text: str, cites: Sequence[str], before: str) -> Verdict:
        cited = [self._texts[i] for i in cites if i in self._texts]
        return self._gate.judge(text, cited, before=before)


@dataclass(frozen=True, slots=True)
class Release:
    """What may be said, with its citations, and what was dropped and why."""

    sentences: tuple[Sentence, ...]
    citations: tuple[Citation, ...]
    dropped: tuple[Dropped, ...]

    @classmethod
    def of(cls, judged: Sequence[Judged], evidence: Sequence[Evidence]) -> Release:
        """Numbers the citations of the sentences that passed, in the order of first use."""
        numbers = CitationList({e.passage.id: e for e in evidence})
        sentences = tuple(
            released(j.text, [numbers.cite(i, j.text) for i in j.cites], j.verdict)
            for j in judged
            if j.passed
        )
        dropped = tuple(Dropped(j.text, j.reasons) for j in judged if not j.passed)
        return cls(sentences, tuple(map(_quotable, numbers.all())), dropped)

    @property
    def answers(self) -> bool:
        """Whether enough claims remain for this to be the answer that was drafted."""
        claims = sum(bool(sentence.citations) for sentence in self.sentences)
        return claims > 0 and claims >= _ENOUGH_REMAINS * (claims + len(self.dropped))


def _quotable(citation: Citation) -> Citation:
    """Cited by its title alone where its heading may not be shown; the quote was checked."""
    shown = " ".join(citation.heading)
    return replace(citation, heading=()) if blocked(shown, passages=(shown,)) else citation
