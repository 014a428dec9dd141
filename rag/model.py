"""The nouns of the engine. All are frozen: a step returns new ones, it never changes its input."""

from __future__ import annotations

import datetime as dt
import hashlib
import re
import unicodedata
from dataclasses import dataclass, field
from enum import StrEnum

_SPACE = re.compile(r"\s+")


class SourceKind(StrEnum):
    """What sort of document a source is."""

    GUIDELINE = "guideline"
    FACT_SHEET = "fact_sheet"
    LABEL = "label"
    REVIEW = "review"
    DIGEST = "digest"
    OTHER = "other"


class EvidenceGrade(StrEnum):
    """How much a source can carry. `docs/corpus.md` says how each grade is given.

    A: a national clinical guideline built on systematic reviews, or a digest resting on one.
    B: information from an official health body (NIMH, NHS, WHO, CDC), or a digest of it.
    C: information from a professional body or a charity.
    D: ungraded: whatever the user adds without saying more.
    """

    A = "A"
    B = "B"
    C = "C"
    D = "D"


class Status(StrEnum):
    """How the engine answered."""

    ANSWERED = "answered"
    PARTIAL = "partial"
    ABSTAINED = "abstained"
    CRISIS = "crisis"
    OUT_OF_SCOPE = "out_of_scope"

    @property
    def is_answer(self) -> bool:
        """Whether the question was answered, at least in part."""
        return self in (Status.ANSWERED, Status.PARTIAL)


@dataclass(frozen=True, slots=True)
class RestsOn:
    """An official document that a digest of ours takes its facts from."""

    publisher: str
    title: str
    url: str
    edition: str = ""


@dataclass(frozen=True, slots=True)
class Source:
    """One edition of one document."""

    id: str
    title: str
    publisher: str
    sha256: str
    edition: str = ""
    kind: SourceKind = SourceKind.OTHER
    jurisdiction: str = ""  # ISO 3166-1 alpha-2, "INT", or "" when unknown
    language: str = "en"
    audience: str = "public"
    published: dt.date | None = None
    reviewed: dt.date | None = None
    effective_from: dt.date | None = None
    withdrawn_on: dt.date | None = None
    supersedes: tuple[str, ...] = ()
    url: str = ""
    licence: str = ""
    grade: EvidenceGrade = EvidenceGrade.D
    review: str = "not clinically reviewed"
    rests_on: tuple[RestsOn, ...] = ()

    @property
    def year(self) -> int | None:
        """Year of the last review, else of publication."""
        when = self.reviewed or self.published
        return when.year if when else None


class BlockKind(StrEnum):
    """What a block of a parsed document is."""

    HEADING = "heading"
    PARAGRAPH = "paragraph"
    LIST_ITEM = "list_item"
    TABLE_ROW = "table_row"


@dataclass(frozen=True, slots=True)
class Block:
    """A stretch of a parsed document, in reading order."""

    kind: BlockKind
    text: str
    level: int = 0  # headings: 1 is the outermost
    page: int | None = None  # 1-based page on which the block begins
    page_breaks: tuple[tuple[int, int], ...] = ()  # (offset in text, page that begins there)


@dataclass(frozen=True, slots=True)
class Document:
    """A parsed document: where it comes from and its blocks in reading order."""

    source: Source
    blocks: tuple[Block, ...]
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AskedQuestion:
    """A question that people ask and that a passage answers.

    `answered_by`: which of the passage's sentences answer it, the best one first; empty where
    that is not known.
    """

    text: str
    answered_by: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Passage:
    """The unit of evidence: a few sentences under one heading of one source.

    `start` and `end` are character offsets into the document's canonical text (see
    `rag.ingest.chunking.canonical_text`), so `canonical_text(document)[start:end] == text`.
    `sentences` are (start, end) offsets into `text`. What is embedded is `indexed_text`,
    what BM25 sees `searched_text`, what is quoted `text`.
    """

    id: str
    source_id: str
    text: str
    heading: tuple[str, ...]
    start: int
    end: int
    pages: tuple[int, ...]
    sentences: tuple[tuple[int, int], ...]
    sha256: str
    asked: tuple[AskedQuestion, ...] = ()
    """Questions that people ask and that it answers. They are searched, and never shown."""

    @property
    def indexed_text(self) -> str:
        """Heading path and text: what is embedded."""
        return f"{' > '.join(self.heading)}\n{self.text}" if self.heading else self.text

    @property
    def searched_text(self) -> str:
        """What BM25 sees: heading path, text, and the questions that it answers."""
        return "\n".join((self.indexed_text, *(asked.text for asked in self.asked)))

    def sentence_texts(self) -> tuple[str, ...]:
        """The text of each sentence, in order."""
        return tuple(self.text[start:end] for start, end in self.sentences)


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage that retrieval returned. Higher scores are better everywhere."""

    passage_id: str
    score: float
    arms: dict[str, float] = field(default_factory=dict)  # arm name -> its own score


@dataclass(frozen=True, slots=True)
class Evidence:
    """A hit with its passage and the source that it comes from."""

    hit: Hit
    passage: Passage
    source: Source


class Outcome(StrEnum):
    """What the gate concludes. Only what is supported is ever released."""

    SUPPORTED = "supported"
    NOT_SUPPORTED = "not_supported"
    UNSURE = "unsure"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the gate says of a sentence. `support` is in 0..1; `reasons` say why it failed.

    `supported` follows from `outcome`, whatever is given for it, and stands beside it for whoever
    only asks yes or no; it is a plain field so that JSON and its schema have it.
    """

    outcome: Outcome
    support: float
    reasons: tuple[str, ...] = ()
    checked_by: str = ""
    supported: bool = False

    def __post_init__(self) -> None:
        object.__setattr__(self, "supported", self.outcome is Outcome.SUPPORTED)


@dataclass(frozen=True, slots=True)
class Citation:
    """A numbered reference of an answer, complete enough to be checked by anyone."""

    number: int
    passage_id: str
    passage_sha256: str
    source_id: str
    title: str
    publisher: str
    edition: str
    year: int | None
    pages: tuple[int, ...]
    heading: tuple[str, ...]
    url: str
    licence: str
    grade: EvidenceGrade
    jurisdiction: str
    quote: str
    rests_on: tuple[RestsOn, ...] = ()


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of an answer, the numbers of the citations it rests on, and its verdict."""

    text: str
    citations: tuple[int, ...]
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Notice:
    """The engine's own fixed words before an answer, where a stream begins with them."""

    text: str


@dataclass(frozen=True, slots=True)
class Dropped:
    """A sentence that the gate refused, and why."""

    text: str
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Conflict:
    """Two citations of an answer whose sources do not say the same, by number."""

    first: int
    second: int


@dataclass(frozen=True, slots=True)
class Resource:
    """A crisis line or service, always taken from `corpora/crisis/resources.toml`."""

    name: str
    country: str
    phone: str = ""
    sms: str = ""
    url: str = ""
    hours: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class GraphPath:
    """Why the knowledge graph led here: "panic disorder → treated by → CBT"."""

    text: str
    citations: tuple[int, ...]  # numbers of the citations that state its last step


@dataclass(frozen=True, slots=True)
class LLMUse:
    """What a language model had to do with an answer."""

    model: str
    prompts: str  # version of `rag.compose.prompts`
    calls: int
    problem: str = ""  # why its words were not used, or not all of them


@dataclass(frozen=True, slots=True)
class Answer:
    """Everything the engine returns for one question.

    `text` is `notice` (the engine's own fixed words, if any), the sentences with their citation
    marks, and a word on `conflicts` where sources differ.
    """

    status: Status
    question: str
    text: str
    notice: str = ""
    sentences: tuple[Sentence, ...] = ()
    citations: tuple[Citation, ...] = ()
    dropped: tuple[Dropped, ...] = ()
    conflicts: tuple[Conflict, ...] = ()
    paths: tuple[GraphPath, ...] = ()
    resources: tuple[Resource, ...] = ()
    searched: tuple[str, ...] = ()  # titles looked at when the engine abstains
    index_version: str = ""
    degraded: tuple[str, ...] = ()
    timings_ms: dict[str, float] = field(default_factory=dict)
    composed_by: str = ""  # "extractive" or "llm"; empty where nothing was composed
    llm: LLMUse | None = None  # None where no language model was asked
    understood_as: str = ""  # a follow-up question as it was understood, standing alone


def normalise(text: str) -> str:
    """NFC, no control characters, single spaces. The form in which text is hashed."""
    kept = (c if c.isspace() or unicodedata.category(c) != "Cc" else " " for c in text)
    return _SPACE.sub(" ", unicodedata.normalize("NFC", "".join(kept))).strip()


def sha256_text(text: str) -> str:
    """Hex SHA-256 of the UTF-8 bytes of `text`."""
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def passage_id(source_id: str, edition: str, text: str) -> str:
    """The passage's stable id: 20 hex digits over source id, edition and normalised text."""
    return sha256_text("\x1f".join((source_id, edition, normalise(text))))[:20]
