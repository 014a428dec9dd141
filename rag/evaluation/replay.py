"""Replays recorded answers through the whole engine, asked over HTTP, with the gate in each mode.

A loopback server stands in for the language model and says what was recorded; what the service
then lets through is compared, sentence by sentence, with what was recorded.
"""

from __future__ import annotations

import json
import re
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request as HTTPRequest
from urllib.request import urlopen

from rag.corridor import LLM
from rag.encoders import open_encoder
from rag.engine import Engine
from rag.evaluation.ephemeral import index_passages, title_of
from rag.evaluation.matching import Released
from rag.evaluation.recorded_answers import RecordedAnswer
from rag.evaluation.recorded_server import RecordedServer, Reply, Request
from rag.evaluation.serving import Served, serving
from rag.settings import (
    ComposeSettings,
    EncoderSettings,
    LLMSettings,
    RetrievalSettings,
    ServiceSettings,
    Settings,
    VerifierSettings,
)
from rag.verify import open_model
from rag.verify.alignment import Analysed, EvidenceText
from rag.verify.entailment import EntailmentModel
from rag.verify.gate import Gate, GateMode

_TIMEOUT_S = 300.0  # of one question; a thousand of them must not end because one was slow
_MARK = re.compile(r"(\[|\((?:Sources?)\s)(\d{1,3})(?=[\])])")
_REMEMBERED = 2000  # judgements; one answer needs a few dozen
# No passage has such a number, whatever the order in which they were found.
_NOWHERE = 900


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one mode let through of one answer. `released` has an entry for each sentence."""

    mode: GateMode
    kinds: tuple[tuple[str, ...], ...]
    released: tuple[bool, ...]
    status: str
    composed_by: str
    took_ms: float


def replay(
    answers: Sequence[RecordedAnswer], modes: Sequence[GateMode], verifier: VerifierSettings
) -> list[Outcome]:
    """Asks each answer's question in each mode. Passages shared by neighbours are indexed once.

    Raises:
        RagError: shipped files are missing or changed, or the extras `service` and `llm` are not
            installed.
    """
    found: list[Outcome] = []
    with ExitStack() as stack:
        bench = _Bench(modes, verifier, stack)
        for answer in answers:
            found.extend(bench.ask(answer))
    return found


class _Bench:
    """Everything that one process needs, opened once."""

    def __init__(
        self, modes: Sequence[GateMode], verifier: VerifierSettings, stack: ExitStack
    ) -> None:
        self._said = _Said()
        self._server = stack.enter_context(RecordedServer(self._said.reply))
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        settings = _settings(folder, self._server.base_url)
        self._encoder = open_encoder(settings.encoder)
        model = _Remembering(open_model(self._encoder, verifier))
        self._gates = {mode: Gate(model, mode) for mode in modes}
        self._served: dict[GateMode, Served] = {
            mode: stack.enter_context(serving(settings)) for mode in modes
        }
        self._settings = settings
        self._passages: tuple[str, ...] | None = None

    def ask(self, answer: RecordedAnswer) -> Iterator[Outcome]:
        if answer.passages != self._passages:
            self._index(answer.passages)
        self._said.answer = answer
        self._server.requests.clear()
        sentences = answer.sentences()
        for mode, served in self._served.items():
            began = time.perf_counter()
            body = _post(f"{served.base_url}/v1/ask", {"question": answer.question})
            took_ms = (time.perf_counter() - began) * 1000
            composed_by = str(body.get("composed_by", ""))
            texts = [sentence["text"] for sentence in body.get("sentences", ())]
            released = Released(texts, by_llm=composed_by == LLM)
            yield Outcome(
                mode=mode,
                kinds=tuple(s.kinds for s in sentences),
                released=tuple(released.holds(s.text) for s in sentences),
                status=str(body.get("status", "error")),
                composed_by=composed_by,
                took_ms=round(took_ms, 2),
            )

    def _index(self, passages: tuple[str, ...]) -> None:
        # The files are mapped or open, so the folder may go once the version is.
        with tempfile.TemporaryDirectory() as folder:
            version = index_passages(passages, Path(folder), self._encoder)
        for mode, served in self._served.items():
            served.answer_from(Engine(version, self._settings, gate=self._gates[mode]))
        self._passages = passages


class _Remembering:
    """An entailment model that is asked once where several modes ask the same."""

    def __init__(self, model: EntailmentModel) -> None:
        self.name = model.name
        self.threshold = model.threshold
        self.doubtful = model.doubtful
        self._support = lru_cache(maxsize=_REMEMBERED)(
            lambda claim, evidence: model.support(claim, evidence)
        )

    def support(self, claim: Analysed, evidence: EvidenceText) -> float:
        """As the model says."""
        return self._support(claim, evidence)


class _Said:
    """The language model: it says what was recorded, with the numbers that its prompt gave."""

    def __init__(self) -> None:
        self.answer: RecordedAnswer | None = None

    def reply(self, request: Request) -> Reply:
        """The recorded answer. Its [2] becomes the number under which the prompt shows the
        second passage; a number that the recording has no passage for stays one of nothing."""
        answer = self.answer
        if answer is None:
            return Reply("", status=503)
        shown = {
            title: number
            for number, title in re.findall(r"^\[(\d+)\] (Passage \d+) ", request.text, re.M)
        }

        def renumbered(mark: re.Match[str]) -> str:
            number = int(mark[2])
            same = answer.passages[number - 1] if 0 < number <= len(answer.passages) else None
            first = answer.passages.index(same) + 1 if same is not None else 0
            return f"{mark[1]}{shown.get(title_of(first), _NOWHERE + number % 100)}"

        return Reply(_MARK.sub(renumbered, answer.answer))


def _settings(folder: Path, llm_url: str) -> Settings:
    return Settings(
        index_dir=folder,
        max_question_chars=100_000,
        encoder=EncoderSettings(threads=1),
        # Every passage is shown, as it was to the model that was recorded.
        retrieval=RetrievalSettings(top_k=100, deadline_s=_TIMEOUT_S),
        compose=ComposeSettings(always_answer=True, max_sentences=12),
        llm=LLMSettings(
            provider="openai-like",
            model="recorded",
            base_url=llm_url,
            timeout_s=_TIMEOUT_S,
            max_output_tokens=8000,
            max_prompt_tokens=200_000,
            rewrite=False,  # a recording cannot be asked to say it again, better
        ),
        service=ServiceSettings(request_timeout_s=_TIMEOUT_S, max_body_kib=1024),
    )


def _post(url: str, body: dict[str, Any]) -> dict[str, Any]:
    """The JSON of the response; of an error too, which has no sentences."""
    data = json.dumps(body).encode()
    request = HTTPRequest(url, data, {"content-type": "application/json"})  # noqa: S310
    try:
        with urlopen(request, timeout=_TIMEOUT_S) as response:  # noqa: S310  (our own loopback)
            answer: dict[str, Any] = json.load(response)
    except HTTPError as error:
        with error:
            return {"status": f"http_{error.code}"}
    return answer
