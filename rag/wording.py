"""An LLM words the answer; the inspector decides what of it may be said.

Each sentence is judged as soon as it has arrived. What fails goes back once, together, with the
reasons; what then still fails is dropped.
"""

from __future__ import annotations

import re
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace
from functools import partial

from rag.compose.extractive import DraftSentence
from rag.compose.prompts import answer_prompt, rewrite_prompt
from rag.compose.reply.kinds import Kind, kind_of
from rag.compose.reply.sentences import ArrivingReply, ReplySentence, read_reply
from rag.conversation import Turn
from rag.errors import LLMError
from rag.llm.client import LLMClient
from rag.llm.deadline import Deadline
from rag.llm.loop import in_thread
from rag.llm.redaction import Redaction
from rag.model import Evidence, Outcome, Verdict
from rag.places import Around, Places
from rag.release import CLAIMLESS, Inspector, Judged
from rag.settings import LLMSettings

_MOST_SENTENCES = 20  # of one reply; an answer needs fewer, and each costs a judgement
_MOST_WORDS = 80  # of one sentence; nothing longer can be checked as one
_SHOWN_CHARS = 300  # of a sentence that was dropped for its length
_LEAST_TIME_S = 0.5  # below this a rewrite is not worth asking for
_NUMBERED = re.compile(r"^[ \t]*\(?(\d{1,2})[.):][ \t]+(\S.*)$", re.MULTILINE)
_LINK = re.compile(r"https?://\S+|\bwww\.\S+|\b[\w.+-]+@[\w-]+\.\w+|\b[\w-]+\.(?:com|org|net)\b")
_SAYS = {
    Kind.REFUSAL: "it would not answer",
    Kind.FOREIGN: "it answered in another language",
    Kind.EMPTY: "it sent an empty reply",
}


@dataclass(frozen=True, slots=True)
class Task:
    """What is to be worded: a question that stands alone, and the evidence, best first."""

    question: str
    evidence: tuple[Evidence, ...]
    sentences: int  # at most


class Wording:
    """The LLM's part in one answer. Used once: `run`, then the outcome is in the properties."""

    def __init__(
        self,
        client: LLMClient,
        settings: LLMSettings,
        inspector: Inspector,
        redaction: Redaction | None,
        deadline: Deadline,
    ) -> None:
        """`redaction`: None when the LLM may see everything."""
        self.calls = 0
        self.silent = False  # the LLM says that the evidence does not answer
        self._client = client
        self._settings = settings
        self._inspector = inspector
        self._redaction = redaction
        self._deadline = deadline
        self._places = Places(arriving=False)
        self._ids: tuple[str, ...] = ()
        self._texts: dict[str, str] = {}

    @property
    def judged(self) -> tuple[Judged, ...]:
        """Every sentence in the order of the reply; one that was rewritten stands in its place."""
        return tuple(place.judged for place in self._places)

    async def run(self, task: Task, *, arriving: bool) -> AsyncGenerator[Judged]:
        """Yields the sentences that passed: with `arriving` each as soon as it has passed.

        Raises:
            LLMError: the LLM gave no answer that could be judged; says why.
        """
        self._places = Places(arriving=arriving)
        self._texts = {e.passage.id: e.passage.text for e in task.evidence}
        prompt, known = answer_prompt(
            self._hidden(task.question),
            task.evidence,
            sentences=task.sentences,
            max_tokens=self._settings.max_prompt_tokens,
        )
        self._ids = tuple(e.passage.id for e in task.evidence[:known])
        reply = ""
        async with aclosing(self._sentences(prompt, arriving=arriving)) as arrived:
            async for so_far, sentences, ended in arrived:
                reply = so_far
                await self._judge(sentences, ended=ended)
                for judged in self._places.ready():
                    yield judged
        self._check(reply)
        if self._settings.rewrite and not self.silent:
            await self._rewrite(prompt, reply)
        for judged in self._places.ready(last=True):
            yield judged

    async def _sentences(
        self, prompt: Sequence[Turn], *, arriving: bool
    ) -> AsyncGenerator[tuple[str, Sequence[ReplySentence], bool]]:
        """(reply so far, its new sentences, whether it has ended)."""
        self.calls += 1
        if not arriving:
            whole = await self._client.reply(prompt, self._deadline)
            yield whole, read_reply(whole), True
            return
        reply = ArrivingReply()
        async with aclosing(self._client.stream(prompt, self._deadline)) as pieces:
            async for piece in pieces:
                if sentences := reply.add(piece):
                    yield reply.raw, sentences, False
        if not reply.raw:  # some servers cannot stream, and say so by saying nothing
            self.calls += 1
            reply.raw = await self._client.reply(prompt, self._deadline)
        yield reply.raw, reply.rest(), True

    async def _judge(self, sentences: Sequence[ReplySentence], *, ended: bool) -> None:
        for sentence in sentences:
            if ended and sentence is sentences[-1] and not sentence.finished:
                # Half a sentence may say the opposite of the whole.
                refused = _refused(sentence.text, "cut off: the reply ends in mid-sentence")
                self._places.add(None, refused)
            elif len(self._places) < _MOST_SENTENCES:
                around = self._places.around(sentence)
                judged = await in_thread(partial(self._one, sentence, around))
                self._places.add(sentence, judged)
            elif len(self._places) == _MOST_SENTENCES:
                reason = f"length: the reply has more than {_MOST_SENTENCES} sentences"
                self._places.add(None, _refused(sentence.text, reason))

    def _one(self, sentence: ReplySentence, around: Around) -> Judged:
        text = self._restored(sentence.text)
        if len(text.split()) > _MOST_WORDS:
            return _refused(text, f"length: a sentence of more than {_MOST_WORDS} words")
        cites = tuple(self._ids[n - 1] for n in sentence.cites if 0 < n <= len(self._ids))
        draft = DraftSentence(text, cites, leans=bool(sentence.lead))
        judged = self._inspector.one(draft, *around)
        unknown = [n for n in sentence.cites if not 0 < n <= len(self._ids)]
        if not judged.passed:
            reasons = tuple(f"citation: there is no evidence [{n}]" for n in unknown)
            return replace(judged, reasons=(*reasons, *judged.reasons))
        if judged.verdict.checked_by in CLAIMLESS:
            return replace(judged, cites=())
        links = self._foreign_links(judged)
        return replace(judged, reasons=links) if links else judged

    def _foreign_links(self, judged: Judged) -> tuple[str, ...]:
        quoted = " ".join(self._texts[i] for i in judged.cites)
        links = [link for link in _LINK.findall(judged.text) if link.rstrip(".,)") not in quoted]
        return tuple(f"link: “{link}” is not in the cited passage" for link in links)

    def _check(self, reply: str) -> None:
        """Raises LLMError where the reply as a whole is no answer and nothing of it was said."""
        cited = any(place.judged.cites for place in self._places)
        kind = kind_of(reply, [place.judged.text for place in self._places], cited=cited)
        if self._places.begun:
            return
        self.silent = kind is Kind.SILENCE
        if self.silent or kind is Kind.ANSWER:
            return
        raise LLMError(_SAYS[kind])

    async def _rewrite(self, prompt: Sequence[Turn], reply: str) -> None:
        """Asks once for better words for all that failed. Without a reply, all stays dropped."""
        failed = self._places.failed()
        if not failed or self._deadline.left() < _LEAST_TIME_S:
            return
        # Reasons quote the sentence as it was judged, with what identifies people put back.
        asked = [
            (place.written.text, [self._hidden(reason) for reason in place.judged.reasons])
            for place in failed
            if place.written
        ]
        self.calls += 1
        try:
            rewritten = await self._client.reply(
                rewrite_prompt(prompt, reply, asked), self._deadline
            )
            lines = {int(n): read_reply(line) for n, line in _NUMBERED.findall(rewritten)}
        except LLMError:
            return
        for number, place in enumerate(failed, start=1):
            for line in lines.get(number, ())[:1]:
                sentence = replace(line, lead=place.written.lead if place.written else "")
                around = self._places.around_again(sentence, place)
                judged = await in_thread(partial(self._one, sentence, around))
                if judged.passed and judged.verdict.checked_by not in CLAIMLESS:
                    place.judged, place.again = judged, True
        for place in self._places.moved():
            if place.written:
                around = self._places.around(place.written, place)
                place.judged = await in_thread(partial(self._one, place.written, around))

    def _hidden(self, text: str) -> str:
        return self._redaction.hide(text) if self._redaction else text

    def _restored(self, text: str) -> str:
        return self._redaction.restore(text) if self._redaction else text


def _refused(text: str, reason: str) -> Judged:
    shown = text if len(text) <= _SHOWN_CHARS else f"{text[:_SHOWN_CHARS]} …"
    return Judged(shown, (), Verdict(Outcome.NOT_SUPPORTED, 0.0, (reason,), "checks"), (reason,))
