"""What leaves the engine: sentences that the gate passes and the output rules allow."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from rag.compose.extractive import DraftSentence
from rag.compose.release import CitationList, released
from rag.model import Citation, Dropped, Evidence, Outcome, Sentence, Verdict
from rag.safety.output import blocked
from rag.verify.alignment import Analysed
from rag.verify.antecedents import misplaced, what_stands
from rag.verify.gate import Gate, GateMode
from rag.verify.graph_check import GraphCheck
from rag.verify.repair import opposed, supporting_passage

_LEANS = ("context: what it speaks of was named in a sentence that was dropped",)
# What the gate lets pass because it claims nothing.
CLAIMLESS = frozenset({"courtesy", "refusal", "lead-in"})


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

    def __init__(
        self,
        gate: Gate,
        evidence: Sequence[Evidence],
        audience: str,
        graph: GraphCheck | None = None,
    ) -> None:
        """`audience` decides which output rules hold; see `rag.safety.output`. `graph` may refuse
        what the gate passed, and confirm it, but never lets through what the gate refused."""
        self._graph = graph
        self._gate = gate
        self._texts = {e.passage.id: e.passage.text for e in evidence}
        self._audience = audience

    def inspect(self, sentences: Sequence[DraftSentence]) -> tuple[Judged, ...]:
        """Each sentence judged, in order. One that leans on a refused one is refused too."""
        found: list[Judged] = []
        for sentence in sentences:
            found.append(self.one(sentence, *standing(found)))
        return tuple(found)

    def one(self, sentence: DraftSentence, before: str = "", lost: Sequence[str] = ()) -> Judged:
        """One sentence judged.

        `before` is the sentence that a reader finds before it, `lost` what the writer had put
        between the two: a sentence that leans on a lost one is refused, unless the passage shows
        that it says the same after `before`.
        """
        cites = sentence.cites
        if not cites and self._gate.mode is GateMode.OFF:
            cites = tuple(self._texts)  # nothing says which passage it rests on
        if sentence.leans and lost:
            return Judged(sentence.text, cites, self._judge(sentence.text, cites, ""), _LEANS)
        verdict = self._judge(sentence.text, cites, before)
        if not verdict.supported and not opposed(verdict):
            better = supporting_passage(
                self._gate, sentence.text, self._others(cites), before=before
            )
            if better:
                cites, verdict = (better[0],), better[1]
        verdict = self._beside_the_others(sentence.text, cites, verdict)
        verdict = self._beside_the_graph(text=sentence.text, cites=cites, verdict=verdict)
        quoted = [self._texts[i] for i in cites if i in self._texts]
        reasons = verdict.reasons or tuple(
            blocked(sentence.text, passages=quoted, audience=self._audience)
        )
        if not reasons and self._gate.mode is not GateMode.OFF:
            claim = Analysed.of(sentence.text)
            reasons = _LEANS if misplaced(claim, quoted, before, lost) else ()
        return Judged(sentence.text, cites, verdict, reasons)

    def _others(self, cites: Sequence[str]) -> dict[str, str]:
        return {i: text for i, text in self._texts.items() if i not in cites}

    def _beside_the_others(self, text: str, cites: Sequence[str], verdict: Verdict) -> Verdict:
        """Refused where a passage that it does not cite certainly says the opposite."""
        if not verdict.supported or verdict.checked_by in {"verbatim", *CLAIMLESS}:
            return verdict
        cited = [self._texts[i] for i in cites if i in self._texts]
        reason = self._gate.veto(text, cited, list(self._others(cites).values()))
        if reason is None:
            return verdict
        return Verdict(Outcome.NOT_SUPPORTED, 0.0, (reason,), "checks")

    def _beside_the_graph(self, text: str, cites: Sequence[str], verdict: Verdict) -> Verdict:
        if self._graph is None or self._gate.mode is not GateMode.ALL:
            return verdict
        if not verdict.supported or verdict.checked_by == "verbatim":
            return verdict
        reasons = self._graph.reasons(text, cites)
        if reasons:
            return Verdict(Outcome.NOT_SUPPORTED, 0.0, reasons, "graph")
        if self._graph.strengthens(text, cites):
            return replace(
                verdict,
                support=round(1 - (1 - verdict.support) / 2, 4),
                checked_by=f"{verdict.checked_by} + graph",
            )
        return verdict

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

    def keeps(self, share: float) -> bool:
        """Whether that share of the claims that were drafted remain, and at least one."""
        claims = sum(bool(sentence.citations) for sentence in self.sentences)
        return claims > 0 and claims >= share * (claims + len(self.dropped))


def standing(judged: Iterable[Judged]) -> tuple[str, tuple[str, ...]]:
    """What a reader finds before the next sentence, and what was lost since; see `Inspector.one`.

    Sentences that claim nothing name nothing that "it" could stand for.
    """
    return what_stands((j.text, j.passed) for j in judged if j.verdict.checked_by not in CLAIMLESS)


def _quotable(citation: Citation) -> Citation:
    """Cited by its title alone where its heading may not be shown; the quote was checked."""
    shown = " ".join(citation.heading)
    return replace(citation, heading=()) if blocked(shown, passages=(shown,)) else citation
