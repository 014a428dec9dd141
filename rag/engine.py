"""The corridor: a question passes triage, retrieval, composition and the gate, then is released."""

from __future__ import annotations

import asyncio
import datetime as dt
import time
from collections.abc import AsyncIterator, Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from types import TracebackType
from typing import Self

from rag.audience import Audience, audience_named
from rag.compose.answerability import Answerability
from rag.compose.extractive import Draft, ExtractiveComposer
from rag.compose.release import answer_text
from rag.compose.words import abstention, refusal
from rag.index.version import IndexVersion
from rag.model import Answer, Passage, Sentence, Source, Status, Verdict
from rag.question import clean_question
from rag.release import Inspector, Release
from rag.retrieval.hybrid import HybridRetriever, Retrieval
from rag.safety.crisis import crisis_answer
from rag.safety.readers import words_for
from rag.safety.scope import scope
from rag.safety.triage import triage
from rag.settings import Settings
from rag.triage_model import usable_classifier
from rag.verify import open_gate


class Engine:
    """Answers questions from one activated index version. Safe to share between threads.

    >>> with Engine.open() as engine:  # doctest: +SKIP
    ...     print(engine.ask("What helps with panic attacks?").text)
    """

    def __init__(self, version: IndexVersion, settings: Settings) -> None:
        """Use `Engine.open` unless you hold an opened version; the engine then owns it."""
        self.settings = settings
        self._version = version
        self._retriever = HybridRetriever(version, settings)
        self._composer = ExtractiveComposer(
            version.sentence_vectors, version.idf, settings.compose.max_sentences
        )
        self._answerability = Answerability.shipped()
        self._gate = open_gate(version.encoder, settings.verifier)
        self._concerns = usable_classifier()

    @classmethod
    def open(cls, settings: Settings | None = None) -> Self:
        """Open the active index version.

        Raises:
            IndexUnavailableError: nothing is built, or the version is damaged or too new.
        """
        settings = settings or Settings()
        version = IndexVersion.open(settings.index_dir, threads=settings.encoder.threads)
        return cls(version, settings)

    @property
    def version_id(self) -> str:
        """The id of the index version that every answer rests on."""
        return self._version.id

    def ask(
        self,
        question: str,
        *,
        country: str | None = None,
        as_of: dt.date | None = None,
        audience: str = "public",
    ) -> Answer:
        """Answer one question. `country` is ISO 3166-1 alpha-2 and chooses crisis lines.

        Raises:
            QuestionError: the question is empty, too long or not text, or the audience unknown.
        """
        clock = _Clock()
        with clock.step("triage"):
            concern = triage([question], classifier=self._concerns)
        if concern.crisis:
            return crisis_answer(concern, question, country=country)
        reader = audience_named(audience)
        question = clean_question(question, self.settings.max_question_chars)
        limits = scope(question, reader)
        if limits.refuse:
            return refusal(question, limits.note)
        with clock.step("retrieve"):
            found = self._retriever.retrieve(
                question, top_k=self.settings.retrieval.top_k, as_of=as_of
            )
        with clock.step("compose"):
            draft = self._composer.compose(question, found.vector, found.evidence)
        with clock.step("verify"):
            answer = self._release(question, draft, found, limits.note, reader)
        return _with_timings(answer, clock)

    async def aask(
        self,
        question: str,
        *,
        country: str | None = None,
        as_of: dt.date | None = None,
        audience: str = "public",
    ) -> Answer:
        """`ask` in a worker thread, for asynchronous callers."""
        return await asyncio.to_thread(
            self.ask, question, country=country, as_of=as_of, audience=audience
        )

    async def stream(
        self,
        question: str,
        *,
        country: str | None = None,
        as_of: dt.date | None = None,
        audience: str = "public",
    ) -> AsyncIterator[Sentence]:
        """The verified sentences of the answer, in order; never an unchecked one."""
        answer = await self.aask(question, country=country, as_of=as_of, audience=audience)
        for sentence in answer.sentences:
            yield sentence

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
        return self._retriever.retrieve(
            question, top_k=top_k or self.settings.retrieval.top_k, as_of=as_of, arms=arms
        )

    def verify(self, sentence: str, passages: Sequence[str]) -> Verdict:
        """Whether the passages, taken together, support the sentence."""
        return self._gate.judge(sentence, passages)

    def passage(self, passage_id: str) -> Passage:
        """A passage of the active version. Raises NotFoundError."""
        return self._version.passage(passage_id)

    def source(self, source_id: str) -> Source:
        """A source of the active version. Raises NotFoundError."""
        return self._version.source(source_id)

    def close(self) -> None:
        """Release the version's files."""
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

    def _release(
        self, question: str, draft: Draft, found: Retrieval, note: str, reader: Audience
    ) -> Answer:
        """The sentences that pass the gate and the output rules, or an abstention."""
        searched = tuple(dict.fromkeys(e.source.title for e in found.evidence))
        silence = partial(
            abstention,
            question,
            note=note,
            searched=searched,
            index_version=self.version_id,
            degraded=found.degraded,
        )
        if not self._answerability.enough(draft):
            return silence(dropped=())
        lead = words_for(reader)
        judged = Inspector(self._gate, found.evidence, reader).inspect(draft.sentences)
        release = Release.of(judged, found.evidence)
        if not release.answers:
            return silence(dropped=release.dropped)
        return Answer(
            status=Status.PARTIAL if release.dropped or note else Status.ANSWERED,
            question=question,
            text=" ".join(filter(None, (note, lead, answer_text(release.sentences)))),
            notice=" ".join(filter(None, (note, lead))),
            sentences=release.sentences,
            citations=release.citations,
            dropped=release.dropped,
            index_version=self.version_id,
            degraded=found.degraded,
        )


class _Clock:
    """Milliseconds that each step of one question took."""

    def __init__(self) -> None:
        self._began = time.perf_counter()
        self._steps: dict[str, float] = {}

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        began = time.perf_counter()
        yield
        self._steps[name] = round((time.perf_counter() - began) * 1000, 2)

    def read(self) -> dict[str, float]:
        total = round((time.perf_counter() - self._began) * 1000, 2)
        return {**self._steps, "total": total}


def _with_timings(answer: Answer, clock: _Clock) -> Answer:
    return replace(answer, timings_ms=clock.read())
