"""The corridor with a language model: its words where they pass, the sources' own elsewhere."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from rag.asked import Asked, Found, notice_for, spoken
from rag.compose.condense import condensed
from rag.compose.prompts import VERSION, condense_prompt
from rag.compose.release import CitationList, released
from rag.conversation import said_by_user
from rag.corridor import LLM as BY_LLM
from rag.corridor import Corridor
from rag.errors import LLMError
from rag.llm.client import LLMClient
from rag.llm.deadline import Deadline
from rag.llm.loop import in_thread
from rag.llm.redaction import Redaction, open_finder
from rag.model import Answer, LLMUse, Notice, Sentence
from rag.release import Judged, Release
from rag.settings import Settings
from rag.wording import Task, Wording

if TYPE_CHECKING:
    from llama_index.core.llms import LLM

_SAID_TOO_LITTLE = "too little of its answer passed the check"


class WordedCorridor:
    """Answers with an LLM. Its coroutines run in `client.loop`."""

    def __init__(self, corridor: Corridor, settings: Settings, llm: LLM) -> None:
        """Raises MissingExtraError or SettingsError where presidio is wanted and cannot be used."""
        self.client = LLMClient(llm, settings.llm)
        self._corridor = corridor
        self._settings = settings
        hides = settings.llm.redact
        hidden = hides == "always" or (hides == "remote" and not self.client.local)
        self._finder = open_finder(settings.llm.redact_with) if hidden else None

    async def answer(self, asked: Asked) -> Answer:
        """The whole answer. Raises what `Corridor.enter` and `Corridor.search` raise."""
        async with aclosing(self.events(asked, arriving=False)) as events:
            async for event in events:
                if isinstance(event, Answer):
                    return event
        raise LLMError("the answer was given up")

    async def events(
        self, asked: Asked, *, arriving: bool
    ) -> AsyncGenerator[Notice | Sentence | Answer]:
        """The sentences, then the Answer. With `arriving`, each sentence as soon as it has passed;
        without, only the Answer matters."""
        entered = await in_thread(partial(self._corridor.enter, asked))
        if isinstance(entered, Answer):
            yield entered
            return
        deadline = Deadline(self._settings.llm.timeout_s)
        redaction = Redaction(self._finder) if self._finder else None
        question = await self._standing_alone(asked, entered, redaction, deadline)
        found = await in_thread(partial(self._corridor.search, asked, question))
        if isinstance(found, Answer):
            yield found
            return
        if not found.enough:
            yield _timed(self._corridor.silence(found), asked)
            return
        wording = Wording(
            self.client, self._settings.llm, self._corridor.inspector(found), redaction, deadline
        )
        said: list[Judged] = []
        numbers = CitationList({e.passage.id: e for e in found.evidence})
        problem = ""
        task = Task(found.question, found.evidence, self._settings.compose.max_sentences)
        try:
            with asked.clock.step("llm"):
                async with aclosing(wording.run(task, arriving=arriving)) as passed:
                    async for judged in passed:
                        if arriving and not said and (notice := notice_for(found)):
                            yield Notice(notice)
                        said.append(judged)
                        if arriving:
                            yield _sentence(judged, numbers)
        except LLMError as error:
            problem = str(error)
        close = partial(self._close, found, wording, said if arriving else [], problem)
        answer = await in_thread(close)
        if not said or answer.composed_by != BY_LLM:
            for event in spoken(answer):
                yield event
        yield _timed(answer, asked)

    def _close(self, found: Found, wording: Wording, said: list[Judged], problem: str) -> Answer:
        """The Answer. `said` has already left the engine, so the Answer holds it as it is."""
        refused = [judged for judged in wording.judged if not judged.passed]
        kept = said or ([] if problem else [j for j in wording.judged if j.passed])
        order = [*said, *refused] if said else wording.judged
        release = Release.of(order if kept else refused, found.evidence)
        use = LLMUse(self.client.model, VERSION, wording.calls, problem)
        if wording.silent:
            return self._corridor.silence(found, llm=use, dropped=release.dropped)
        if said or (kept and self._corridor.still_answers(found, release)):
            answer = self._corridor.answer(found, release, BY_LLM, use)
        else:
            use = replace(use, problem=problem or _SAID_TOO_LITTLE)
            answer = self._corridor.quote(found, llm=use, dropped=release.dropped)
        return replace(answer, degraded=(*answer.degraded, "llm")) if problem else answer

    async def _standing_alone(
        self, asked: Asked, question: str, redaction: Redaction | None, deadline: Deadline
    ) -> str:
        """The question with what the conversation adds to it: by the LLM, or else by rule."""
        if not said_by_user(asked.turns):
            return question
        turns, hidden = asked.turns, question
        if redaction:
            turns, hidden = redaction.hide_turns(turns), redaction.hide(question)
        try:
            with asked.clock.step("condense"):
                reply = await self.client.reply(condense_prompt(turns, hidden), deadline)
        except LLMError:
            reply = ""
        reply = redaction.restore(reply) if redaction else reply
        by_rule = partial(self._corridor.standing_alone, asked, question)
        return condensed(reply, asked.turns, question) or await in_thread(by_rule)


def _sentence(judged: Judged, numbers: CitationList) -> Sentence:
    cited = [numbers.cite(i, judged.text) for i in judged.cites]
    return released(judged.text, cited, judged.verdict)


def _timed(answer: Answer, asked: Asked) -> Answer:
    return replace(answer, timings_ms=asked.clock.read())
