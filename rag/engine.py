"""The engine: a question goes in, an Answer of verified sentences comes out."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import AsyncGenerator, Collection, Iterable, Mapping, Sequence
from contextlib import aclosing
from dataclasses import replace
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from rag.asked import Asked, spoken
from rag.audience import Audience, audience_named
from rag.conversation import USER, Turn, read_turns, readable_turns
from rag.corridor import Corridor
from rag.errors import QuestionError
from rag.index.graph_view import EntityView, entity_view
from rag.index.version import IndexVersion
from rag.model import Answer, Notice, Passage, Sentence, Source, Status, Verdict
from rag.question import clean_question
from rag.retrieval.hybrid import HybridRetriever, Retrieval
from rag.safety.carers import Topic
from rag.settings import Settings
from rag.verify.gate import Gate

if TYPE_CHECKING:
    from llama_index.core.llms import LLM

    from rag.worded import WordedCorridor

Messages = Iterable[Turn | Mapping[str, Any]]


class Engine:
    """Answers questions from one activated index version. Safe to share between threads.

    >>> with Engine.open() as engine:  # doctest: +SKIP
    ...     print(engine.ask("What helps with panic attacks?").text)
    """

    def __init__(
        self,
        version: IndexVersion,
        settings: Settings,
        *,
        llm: LLM | None = None,
        retriever: HybridRetriever | None = None,
        gate: Gate | None = None,
    ) -> None:
        """Use `Engine.open` unless you hold an opened version; the engine then owns it.

        `retriever`: one over `version` with arms of your own. `gate`: in place of the shipped one.
        """
        self.settings = settings
        self._version = version
        self._corridor = Corridor(version, settings, retriever=retriever, gate=gate)
        self._worded = _worded(self._corridor, settings, llm)

    @classmethod
    def open(
        cls,
        settings: Settings | None = None,
        *,
        version_id: str | None = None,
        llm: LLM | None = None,
    ) -> Self:
        """Open an index version, by default the active one.

        `llm`: any LLM of llama-index words the answers, instead of the one that the settings name.

        Raises:
            IndexUnavailableError: nothing is built, or the version is damaged or too new.
            NotFoundError: no version has the id given.
            SettingsError: the LLM's settings cannot work.
            MissingExtraError: the LLM needs an extra; the message names the command.
        """
        settings = settings or Settings()
        version = IndexVersion.open(
            settings.index_dir, version_id, threads=settings.encoder.threads
        )
        with version.closed_on_failure():
            return cls(version, settings, llm=llm)

    @property
    def version_id(self) -> str:
        """The id of the index version that every answer rests on."""
        return self._version.id

    @property
    def uses_llm(self) -> bool:
        """Whether a language model words the answers."""
        return self._worded is not None

    def ask(
        self,
        question: str,
        *,
        messages: Messages = (),
        country: str | None = None,
        as_of: dt.date | None = None,
        audience: str = "public",
    ) -> Answer:
        """Answer one question. `country` is ISO 3166-1 alpha-2 and chooses crisis lines.

        `messages`: what was said before, oldest first, as turns or as mappings with "role" and
        "content". They say what the question is about; nothing in them counts as evidence.

        Raises:
            QuestionError: the question is empty, too long or not text, or the audience unknown.
        """
        asked = self._asked(question, messages, country, as_of, audience)
        if self._worded:
            return self._worded.client.loop.run(self._worded.answer(asked))
        return self._quoted(asked)

    async def aask(
        self,
        question: str,
        *,
        messages: Messages = (),
        country: str | None = None,
        as_of: dt.date | None = None,
        audience: str = "public",
    ) -> Answer:
        """`ask` for asynchronous callers. Cancelling it cancels the call of the LLM as well."""
        asked = self._asked(question, messages, country, as_of, audience)
        if self._worded:
            return await self._worded.client.loop.arun(self._worded.answer(asked))
        return await asyncio.to_thread(self._quoted, asked)

    async def stream(
        self,
        question: str,
        *,
        messages: Messages = (),
        country: str | None = None,
        as_of: dt.date | None = None,
        audience: str = "public",
    ) -> AsyncGenerator[Sentence]:
        """The verified sentences of the answer, each as soon as it has passed; never another."""
        events = self.events(
            question, messages=messages, country=country, as_of=as_of, audience=audience
        )
        async with aclosing(events):
            async for event in events:
                if isinstance(event, Sentence):
                    yield event

    async def events(
        self,
        question: str,
        *,
        messages: Messages = (),
        country: str | None = None,
        as_of: dt.date | None = None,
        audience: str = "public",
    ) -> AsyncGenerator[Notice | Sentence | Answer]:
        """What `stream` yields between a Notice, if there is one, and the whole Answer."""
        asked = self._asked(question, messages, country, as_of, audience)
        if self._worded:
            events = self._worded.client.loop.iterate(self._worded.events(asked, arriving=True))
            async with aclosing(events):
                async for event in events:
                    yield event
            return
        answer = await asyncio.to_thread(self._quoted, asked)
        if answer.status is not Status.CRISIS:  # which is read as a whole, its lines first
            for event in spoken(answer):
                yield event
        yield answer

    def followed(
        self,
        crisis: Answer,
        topic: Topic,
        *,
        as_of: dt.date | None = None,
        audience: str = "public",
    ) -> Answer:
        """A crisis answer that was made before any engine was open, with what the sources say to a
        carer who asks how to help with `topic` (`rag.safety.carers.helping_with`); as it is where
        they say nothing."""
        asked = self._asked(crisis.question, (), None, as_of, audience)
        return self._corridor.followed(asked, crisis, topic)

    def retrieve(
        self,
        question: str,
        *,
        top_k: int | None = None,
        as_of: dt.date | None = None,
        arms: Collection[str] | None = None,
    ) -> Retrieval:
        """The evidence for a question, best first, without composing an answer."""
        question = clean_question(question, self.settings.max_question_chars)
        return self._corridor.retriever.retrieve(
            question, top_k=top_k or self.settings.retrieval.top_k, as_of=as_of, arms=arms
        )

    def verify(self, sentence: str, passages: Sequence[str]) -> Verdict:
        """Whether the passages, taken together, support the sentence."""
        return self._corridor.gate.judge(sentence, passages)

    def passage(self, passage_id: str) -> Passage:
        """A passage of the active version. Raises NotFoundError."""
        return self._version.passage(passage_id)

    def source(self, source_id: str) -> Source:
        """A source of the active version, by the name that its citations and passages give it.

        That is its id or, where several editions are in, `id@edition`. Raises NotFoundError.
        """
        return self._version.source(source_id)

    def entity(self, key: str) -> EntityView:
        """What the graph says of an entity, by key ("Disorder:DOID:594") or canonical id.

        Raises:
            NotFoundError: the graph has no such entity.
            GraphStoreError: the graph store is down, too slow, or lacks this version.
        """
        return entity_view(self._corridor.retriever.graph, key, self.settings.graph.timeout_s)

    def close(self) -> None:
        """Release the version's files and the graph store's connections, and end talk with the
        LLM."""
        if self._worded:
            self._worded.client.close()
        self._corridor.retriever.close()
        self._version.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _asked(
        self,
        question: str,
        messages: Messages,
        country: str | None,
        as_of: dt.date | None,
        audience: str,
    ) -> Asked:
        """What cannot be used is an error after triage: a crisis comes first."""
        messages = list(messages)
        turns: tuple[Turn, ...] = ()
        reader, trouble = Audience.PUBLIC, None
        try:
            reader = audience_named(audience)
            turns = read_turns(messages, self.settings.max_question_chars)
        except QuestionError as error:
            trouble = error
            turns = readable_turns(messages, self.settings.max_question_chars)
        again = readable_turns([Turn(USER, question)], self.settings.max_question_chars)
        if turns[-1:] == again:
            turns = turns[:-1]  # some callers hand over the question with the conversation
        return Asked(question, turns, country, as_of, reader, trouble)

    def _quoted(self, asked: Asked) -> Answer:
        """The answer in the sources' own words."""
        entered = self._corridor.enter(asked)
        if isinstance(entered, Answer):
            return entered
        found = self._corridor.search(asked, self._corridor.standing_alone(asked, entered))
        if isinstance(found, Answer):
            return found
        return replace(self._corridor.quote(found), timings_ms=asked.clock.read())


def _worded(corridor: Corridor, settings: Settings, llm: LLM | None) -> WordedCorridor | None:
    if llm is None and not settings.llm.configured:
        return None
    from rag.llm.opening import open_llm
    from rag.worded import WordedCorridor

    return WordedCorridor(corridor, settings, llm or open_llm(settings.llm))
