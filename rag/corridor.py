"""The rooms that every question passes: triage, scope, retrieval, and words from the sources."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import replace

from rag.asked import Asked, Found, notice_for, plain_question, understood_as
from rag.compose.answerability import Answerability
from rag.compose.conflicts import conflict_note, conflicts_in, with_other_views
from rag.compose.followup import standalone
from rag.compose.misspelt import mended, unknown_note
from rag.compose.named_substances import on_named_substances
from rag.compose.opening import open_composer
from rag.compose.paths import graph_paths
from rag.compose.release import answer_text
from rag.compose.sections import completing
from rag.compose.words import abstention, in_english_only, refusal
from rag.conversation import said_by_user
from rag.index.version import IndexVersion
from rag.languages import other_language
from rag.model import Answer, Dropped, Evidence, LLMUse, Status
from rag.question import clean_question
from rag.release import Inspector, Release
from rag.retrieval.hybrid import HybridRetriever
from rag.safety.carers import Topic, followed_by, helping_with
from rag.safety.crisis import crisis_answer, general_lines
from rag.safety.scope import scope
from rag.safety.triage import triage
from rag.settings import Settings
from rag.triage_model import usable_classifier
from rag.verify import open_gate
from rag.verify.gate import Gate
from rag.verify.graph_check import GraphCheck

_log = logging.getLogger(__name__)
EXTRACTIVE = "extractive"
LLM = "llm"
# Of the claims that were drafted this share must pass the gate; less would answer something else
# than was asked. Of an LLM's words less is enough: unless the settings ask for an answer always,
# what is left is asked whether it answers.
_ENOUGH_QUOTED, _ENOUGH_WORDED = 0.5, 0.25
# An LLM is given the first of the passages: the rest cost it time, and each sentence of it too,
# which is laid beside all that it was given.
_PASSAGES_WORDED = 12


class Corridor:
    """Over one index version. Threads may share it."""

    def __init__(
        self,
        version: IndexVersion,
        settings: Settings,
        *,
        retriever: HybridRetriever | None = None,
        gate: Gate | None = None,
    ) -> None:
        """Everything that is the same for all questions is made here, unless it is given."""
        self.retriever = retriever or HybridRetriever(version, settings)
        self.gate = gate or open_gate(version.encoder, settings.verifier, settings.llm)
        self._version = version
        self._settings = settings
        self._composer = open_composer(version, settings.compose.max_sentences)
        self._completed = completing(version)
        self._graph_check = GraphCheck(version.graph.extractor, version.graph.reader)
        self._answerability = Answerability.shipped(version.encoder.sha256)
        self._concerns = usable_classifier()
        self._titles = tuple(source.title for source in version.sources())
        self._untold = version.idf("")  # of a stem that no passage holds

    def enter(self, asked: Asked) -> Answer | str:
        """The cleaned question, or the answer that ends the matter here.

        Raises:
            QuestionError: the question is empty, too long or not text, or `asked.trouble`.
        """
        with asked.clock.step("triage"):
            messages = [*said_by_user(asked.turns), asked.question]
            concern = triage(messages, classifier=self._concerns)
        if concern.crisis:
            crisis = crisis_answer(concern, asked.question, country=asked.country)
            topic = helping_with(concern, messages)
            return crisis if topic is None else self.followed(asked, crisis, topic)
        if asked.trouble:
            raise asked.trouble
        question = clean_question(asked.question, self._settings.max_question_chars)
        if language := other_language(question):
            return in_english_only(question, language, general_lines(asked.country))
        limits = scope(question, asked.audience)
        return refusal(question, limits.note) if limits.refuse else question

    def followed(self, asked: Asked, crisis: Answer, topic: Topic) -> Answer:
        """The crisis answer, and after it what the sections on helping somebody with `topic` say;
        alone where they say nothing, and whatever goes wrong."""
        try:
            question = clean_question(asked.question, self._settings.max_question_chars)
            if other_language(question):
                return crisis
            found = self.search(asked, f"{question} ({topic.name})", only=topic.admits)
            quoted = found if isinstance(found, Answer) else self.quote(found)
        except Exception:
            _log.warning("a crisis answer goes out without the sources", exc_info=True)
            return crisis
        return followed_by(crisis, quoted) if quoted.sentences else crisis

    def standing_alone(self, asked: Asked, question: str) -> str:
        """The question with the topic of the conversation, by rule, and slips of typing put
        right."""
        whole = standalone(question, said_by_user(asked.turns), self._titles)
        return mended(whole, self._is_told)

    def _is_told(self, word: str) -> bool:
        return any(self._version.idf(s) < self._untold for s in self._version.terms(word))

    def search(
        self, asked: Asked, question: str, only: Callable[[Evidence], bool] | None = None
    ) -> Found | Answer:
        """Evidence and draft for a question that stands alone, or a refusal.

        `only`: which of the evidence may be quoted; None is all of it.

        Raises:
            IndexUnavailableError: no arm of retrieval gave a result.
        """
        limits = scope(question, asked.audience)
        if not limits.note:
            limits = scope(asked.question, asked.audience)
        if limits.refuse:
            return refusal(asked.question, limits.note)
        plain = plain_question(asked, question)
        with asked.clock.step("retrieve"):
            found = self.retriever.retrieve(
                plain, top_k=self._settings.retrieval.top_k, as_of=asked.as_of
            )
        with asked.clock.step("compose"):
            evidence = self._completed(plain, found.evidence)
            found = replace(found, evidence=tuple(filter(only, evidence)) if only else evidence)
            draft = self._composer.compose(plain, found.vectors, found.evidence)
        always = self._settings.compose.always_answer
        # An LLM gets no passage on a group: it would say of the medicine what holds for the group.
        named = [a.evidence for a in on_named_substances(question, found.evidence)]
        usable = found.evidence if always else named
        likely = self._answerability.probability(draft, found.vector)
        enough = always or likely >= self._answerability.threshold
        sure = always or likely >= self._answerability.sure_from
        worded_from = tuple(usable[:_PASSAGES_WORDED])
        unknown = unknown_note(plain, (e.passage.indexed_text for e in found.evidence))
        note = " ".join(filter(None, (unknown, limits.note)))
        return Found(asked, question, note, found, worded_from, draft, enough, sure)

    def inspector(self, found: Found) -> Inspector:
        """Judges sentences against what was found."""
        return Inspector(self.gate, found.evidence, found.asked.audience, self._graph_check)

    def quote(
        self, found: Found, *, llm: LLMUse | None = None, dropped: Sequence[Dropped] = ()
    ) -> Answer:
        """The answer in the sources' own sentences, or an abstention.

        `llm` and `dropped`: what an LLM had done, and what of it did not pass.
        """
        if not found.enough:
            return self.silence(found, llm=llm, dropped=dropped)
        with found.asked.clock.step("verify"):
            evidence = found.retrieval.evidence
            inspector = Inspector(self.gate, evidence, found.asked.audience, self._graph_check)
            judged = inspector.inspect(with_other_views(found.draft.sentences, evidence))
            release = Release.of(judged, evidence)
        if not release.keeps(_ENOUGH_QUOTED):
            return self.silence(found, llm=llm, dropped=(*dropped, *release.dropped))
        answer = self.answer(found, release, EXTRACTIVE, llm)
        return replace(answer, dropped=(*dropped, *release.dropped))

    def answer(
        self, found: Found, release: Release, composed_by: str, llm: LLMUse | None
    ) -> Answer:
        """The Answer made of released sentences."""
        notes = {s.text: s.notes for s in found.draft.sentences}
        said = dict.fromkeys(n for s in release.sentences for n in notes.get(s.text, ()))
        notice = notice_for(found, said)
        conflicts = conflicts_in(release.sentences, release.citations)
        differs = conflict_note(conflicts, release.citations)
        whole = found.sure and not (release.dropped or found.note or said)
        return Answer(
            status=Status.ANSWERED if whole else Status.PARTIAL,
            question=found.asked.question,
            text=" ".join(filter(None, (notice, answer_text(release.sentences), differs))),
            notice=notice,
            sentences=release.sentences,
            citations=release.citations,
            dropped=release.dropped,
            conflicts=conflicts,
            paths=graph_paths(
                self._version.graph, found.question, release.sentences, release.citations
            ),
            index_version=self._version.id,
            degraded=found.retrieval.degraded,
            composed_by=composed_by,
            llm=llm,
            understood_as=understood_as(found),
        )

    def silence(
        self, found: Found, *, llm: LLMUse | None = None, dropped: Sequence[Dropped] = ()
    ) -> Answer:
        """Says that the sources do not hold the answer."""
        answer = abstention(
            found.asked.question,
            note=found.note,
            searched=tuple(dict.fromkeys(e.source.title for e in found.retrieval.evidence)),
            dropped=tuple(dropped),
            index_version=self._version.id,
            degraded=found.retrieval.degraded,
        )
        return replace(answer, llm=llm, understood_as=understood_as(found))

    def still_answers(self, found: Found, release: Release) -> bool:
        """Whether released sentences, in whatever words, answer what was asked."""
        if not release.keeps(_ENOUGH_WORDED):
            return False
        if self._settings.compose.always_answer:
            return True
        ids = {c.number: c.passage_id for c in release.citations}
        cited = [tuple(ids[n] for n in sentence.citations) for sentence in release.sentences]
        vectors = self._version.encoder.encode([sentence.text for sentence in release.sentences])
        fit = self._composer.fit(
            plain_question(found.asked, found.question),
            found.retrieval.vectors,
            [(s.text, ids) for s, ids in zip(release.sentences, cited, strict=True)],
            vectors,
            found.retrieval.evidence,
        )
        return self._answerability.enough(fit, found.retrieval.vector)
