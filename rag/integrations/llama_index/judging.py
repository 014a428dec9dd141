"""An answer judged sentence by sentence against source texts, and what of it may be released."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from llama_index_instrumentation import get_dispatcher

from rag.compose.reply.claims import Claim, claims
from rag.integrations.llama_index.events import SentenceJudgedEvent
from rag.model import Outcome, Verdict
from rag.safety.output import blocked
from rag.verify.alignment import Analysed
from rag.verify.context import leans_on_what_precedes
from rag.verify.gate import Gate

_dispatcher = get_dispatcher(__name__)

NO_CLAIM = frozenset(("courtesy", "refusal", "lead-in"))  # what the gate calls such sentences
_EMPTY_ITEM = re.compile(r"^[ \t]*(?:[-–—•*◦▪·‣]|\(?\d{1,2}[.)]|\(?[a-z][.)])?[ \t]*$")


@dataclass(frozen=True, slots=True)
class Judged:
    """A sentence of an answer with its verdict, given the sources that it cites."""

    claim: Claim
    verdict: Verdict

    @property
    def kept(self) -> bool:
        """Whether the sentence may be released."""
        return self.verdict.supported

    @property
    def says_something(self) -> bool:
        """Whether it claims anything: a greeting or a lead-in does not."""
        return self.verdict.checked_by not in NO_CLAIM


def judge(
    answer: str, sources: Sequence[str], gate: Gate, *, marks: bool = True
) -> tuple[Judged, ...]:
    """Each sentence of `answer`, judged against the sources whose numbers it cites, or against all
    of them together where it cites none, or where `marks` is False: the numbers are not theirs.

    A sentence fails too when it breaks an output rule, when it cites only sources that are not
    there, or when it leans on a sentence that failed.
    """
    found: list[Judged] = []
    for claim in claims(answer):
        last = found[-1] if found and _one_paragraph(answer, found[-1].claim, claim) else None
        before = last.claim.text if last and last.kept else ""
        verdict = _verdict(claim, claim.cites if marks else (), sources, gate, before)
        if verdict.supported and last and not last.kept and _leans(claim, last.claim):
            reason = "context: it speaks of what the sentence before it named, which failed"
            verdict = Verdict(Outcome.UNSURE, verdict.support, (reason,), "checks")
        found.append(Judged(claim, verdict))
        _dispatcher.event(
            SentenceJudgedEvent(
                sentence=claim.text,
                citations=list(claim.cites),
                supported=verdict.supported,
                support=verdict.support,
                reasons=list(verdict.reasons),
            )
        )
    return tuple(found)


def kept_text(answer: str, judged: Sequence[Judged]) -> str:
    """`answer` without the sentences that failed, its paragraphs and lists as they were.

    A lead-in goes when nothing is left that it leads to.
    """
    remaining = list(judged)
    gone = [j for i, j in enumerate(remaining) if not j.kept or _leads_nowhere(remaining[i:])]
    text = answer
    for failed in reversed(gone):
        text = _cut(text, failed.claim.start, failed.claim.end)
    return re.sub(r"\n{3,}", "\n\n", text).strip()


def _verdict(
    claim: Claim, cites: Sequence[int], sources: Sequence[str], gate: Gate, before: str
) -> Verdict:
    there = [number for number in cites if 1 <= number <= len(sources)]
    if cites and not there:
        reason = f"citation: there is no source {cites[0]}"
        return Verdict(Outcome.NOT_SUPPORTED, 0.0, (reason,), "checks")
    cited = [sources[number - 1] for number in there] or list(sources)
    verdict = gate.judge(claim.text, cited, before=before)
    unsafe = blocked(claim.text, passages=cited) if verdict.supported else ()
    if unsafe:
        return Verdict(Outcome.NOT_SUPPORTED, verdict.support, unsafe, "output rules")
    return verdict


def _one_paragraph(answer: str, before: Claim, claim: Claim) -> bool:
    return "\n" not in answer[before.end : claim.start]


def _leans(claim: Claim, before: Claim) -> bool:
    return leans_on_what_precedes(Analysed.of(claim.text), before.text)


def _leads_nowhere(rest: Sequence[Judged]) -> bool:
    """Whether the first of `rest` is a lead-in before nothing but failed sentences."""
    if rest[0].verdict.checked_by != "lead-in":
        return False
    after = next((j for j in rest[1:] if j.kept), None)
    return after is None or after.verdict.checked_by == "lead-in"


def _cut(text: str, start: int, end: int) -> str:
    """`text` without start..end; a line of which nothing but a list mark is left goes too."""
    left, right = text[:start], text[end:]
    line_start = left.rfind("\n") + 1
    if _EMPTY_ITEM.match(left[line_start:]) and (
        not right.strip() or right.lstrip(" ")[:1] == "\n"
    ):
        return left[:line_start] + right.lstrip(" ")[1:]
    return left + right.lstrip(" ") if left[-1:] in ("", "\n", " ") else left + right
