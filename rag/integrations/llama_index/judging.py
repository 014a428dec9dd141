"""An answer judged sentence by sentence against source texts, and what of it may be released."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from llama_index_instrumentation import get_dispatcher

from rag.compose.reply.claims import Claim, claims
from rag.integrations.llama_index.events import SentenceJudgedEvent
from rag.model import Outcome, Verdict
from rag.release import CLAIMLESS
from rag.safety.output import blocked
from rag.verify.alignment import Analysed
from rag.verify.antecedents import misplaced, what_stands
from rag.verify.context import is_fragment, opens_with_pointer
from rag.verify.gate import Gate

_dispatcher = get_dispatcher(__name__)

_LIST_MARK = r"(?:[-–—•*◦▪·‣]|\(?\d{1,2}[.)]|\(?[a-z][.)])"
_EMPTY_ITEM = re.compile(rf"^[ \t]*{_LIST_MARK}?[ \t]*$")
_MARK = re.compile(rf"[ \t]*{_LIST_MARK}[ \t]")


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
        return self.verdict.checked_by not in CLAIMLESS


def judge(
    answer: str, sources: Sequence[str], gate: Gate, *, marks: bool = True
) -> tuple[Judged, ...]:
    """Each sentence of `answer`, judged against the sources whose numbers it cites, or against all
    of them together where it cites none, or where `marks` is False: the numbers are not theirs.

    A sentence fails too when it breaks an output rule, when it cites only sources that are not
    there, when another source certainly says the opposite, or when it hangs on a sentence that
    failed: a list item on the line above its list, "it" on what it stands for.
    """
    found: list[Judged] = []
    lead: Judged | None = None
    for claim in claims(answer):
        item = _mark_before(answer, claim.start)
        if item is None:  # no list
            lead = None
        under = lead if item else None
        before, lost = _above(claim, under) if item else _said(found)
        verdict = _verdict(claim, claim.cites if marks else (), sources, gate, before)
        if verdict.supported and _hangs_on(claim, under, sources, before, lost):
            reason = "context: it speaks of what was named in a sentence that failed"
            verdict = Verdict(Outcome.UNSURE, verdict.support, (reason,), "checks")
        found.append(Judged(claim, verdict))
        if item is None and claim.text.endswith(":"):
            lead = found[-1]
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
    if verdict.supported and verdict.checked_by not in {"verbatim", *CLAIMLESS}:
        denied = gate.veto(claim.text, cited, [text for text in sources if text not in cited])
        if denied:
            return Verdict(Outcome.NOT_SUPPORTED, 0.0, (denied,), "checks")
    unsafe = blocked(claim.text, passages=cited) if verdict.supported else ()
    if unsafe:
        return Verdict(Outcome.NOT_SUPPORTED, verdict.support, unsafe, "output rules")
    return verdict


def _mark_before(answer: str, start: int) -> str | None:
    """The list mark right before a sentence; empty further on in an item; None outside a list."""
    line = answer[answer.rfind("\n", 0, start) + 1 : start]
    mark = _MARK.match(line)
    if mark is None:
        return None
    return "" if line[mark.end() :].strip(" *_") else mark[0]


def _above(claim: Claim, lead: Judged | None) -> tuple[str, tuple[str, ...]]:
    """What the first sentence of a list item follows: the line above the list, if it needs it."""
    if lead is None:
        return "", ()
    if not lead.kept:
        return "", (lead.claim.text,)
    return (lead.claim.text if _needs_lead(claim) else ""), ()


def _needs_lead(claim: Claim) -> bool:
    return is_fragment(claim.text) or opens_with_pointer(Analysed.of(claim.text))


def _said(found: Sequence[Judged]) -> tuple[str, tuple[str, ...]]:
    return what_stands((j.claim.text, j.kept) for j in found if j.says_something)


def _hangs_on(
    claim: Claim,
    lead: Judged | None,
    sources: Sequence[str],
    before: str,
    lost: Sequence[str],
) -> bool:
    """Whether a sentence hangs on another that failed, so that it may now say something else."""
    if lead and not lead.kept and is_fragment(claim.text):
        return True
    cited = [sources[n - 1] for n in claim.cites if 1 <= n <= len(sources)] or list(sources)
    return misplaced(Analysed.of(claim.text), cited, before, lost)


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
