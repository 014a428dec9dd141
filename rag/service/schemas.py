"""What requests and responses look like; answers, verdicts and sources are the engine's nouns."""

from __future__ import annotations

import datetime as dt
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

from rag.conversation import MOST_TURNS, Turn
from rag.model import Passage, Source

Country = Annotated[
    str | None,
    Field(pattern="^[A-Za-z]{2}$", description="ISO 3166-1 alpha-2: whose crisis lines to name."),
]
AsOf = Annotated[
    dt.date | None,
    Field(description="Answer from the sources in force on this date; today when left out."),
]
Audience = Annotated[Literal["public", "clinician"], Field(description="Who is asking.")]


class _Request(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Message(_Request):
    """What was said before, by the person or by the engine."""

    role: Literal["user", "assistant", "system"]
    content: str

    def turn(self) -> Turn:
        """The engine's own noun for it."""
        return Turn(self.role, self.content)


class AskRequest(_Request):
    """A question, alone or at the end of a conversation."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"question": "What helps with panic attacks?", "country": "GB"}]
        }
    )

    question: str = Field(description="The question, in plain words.")
    messages: list[Message] = Field(
        default_factory=list,
        max_length=MOST_TURNS,
        description="What was said before it, oldest first. It says what the question is about; "
        "nothing in it counts as evidence.",
    )
    country: Country = None
    as_of: AsOf = None
    audience: Audience = "public"

    def turns(self) -> tuple[Turn, ...]:
        """What was said before."""
        return tuple(message.turn() for message in self.messages)


class TextPart(BaseModel):
    """A part of a message; only text can be answered."""

    type: Literal["text"]
    text: str


class ChatMessage(BaseModel):
    """A message as OpenAI's clients send it; fields beside these are ignored."""

    role: Literal["user", "assistant", "system", "developer"]
    content: str | list[TextPart]

    def turn(self) -> Turn:
        """The engine's own noun for it."""
        text = self.content
        if not isinstance(text, str):
            text = "\n".join(part.text for part in text)
        return Turn("system" if self.role == "developer" else self.role, text)


class ChatRequest(BaseModel):
    """A conversation. Other fields of OpenAI's contract are accepted and change nothing."""

    model_config = ConfigDict(
        extra="ignore",
        json_schema_extra={
            "examples": [
                {
                    "model": "plumbline",
                    "messages": [{"role": "user", "content": "What helps with panic attacks?"}],
                }
            ]
        },
    )

    messages: list[ChatMessage] = Field(
        min_length=1, max_length=MOST_TURNS, description="The last one holds the question."
    )
    stream: bool = Field(False, description="Send each verified sentence as it passes.")
    country: Country = None
    as_of: AsOf = None
    audience: Audience = "public"

    @field_validator("messages")
    @classmethod
    def _ends_with_the_user(cls, messages: list[ChatMessage]) -> list[ChatMessage]:
        if messages[-1].role != "user":
            raise ValueError("the last message must be the user's")
        return messages

    def asked(self) -> AskRequest:
        """The same as a question with what was said before it."""
        *before, last = (message.turn() for message in self.messages)
        return AskRequest(
            question=last.text,
            messages=[Message.model_validate({"role": t.role, "content": t.text}) for t in before],
            country=self.country,
            as_of=self.as_of,
            audience=self.audience,
        )


class RetrieveRequest(_Request):
    """A question, and how many passages to find for it."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"question": "signs of depression", "top_k": 5}]}
    )

    question: str = Field(description="What to look for.")
    top_k: int | None = Field(
        None, ge=1, le=100, description="Most passages to return; the settings' number if left out."
    )
    arms: list[str] | None = Field(
        None, min_length=1, max_length=10, description="Arms to search with; all when left out."
    )
    as_of: dt.date | None = Field(
        None, description="Search the sources in force on this date; today when left out."
    )


class VerifyRequest(_Request):
    """A sentence, and the passages that it cites."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "sentence": "Panic attacks usually pass within half an hour.",
                    "passages": ["Most panic attacks last between 5 and 20 minutes."],
                }
            ]
        }
    )

    sentence: str = Field(min_length=1, description="The sentence to check.")
    passages: list[str] = Field(
        min_length=1, max_length=20, description="The passages that should support it."
    )


class BuildRequest(_Request):
    """A folder to build a new index version from."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"folder": "guidelines-2026"}]})

    folder: str = Field(
        ".", pattern=r"^[^\x00]*$", description="A folder inside the service's build root."
    )
    activate: bool = Field(True, description="Answer from the new version once it is built.")


class HitOut(BaseModel):
    """A passage that was found. Higher scores are better."""

    passage_id: str
    source_id: str
    score: float
    arms: dict[str, float] = Field(description="Each arm's own score of the passage.")
    text: str
    title: str
    heading: tuple[str, ...]
    pages: tuple[int, ...]
    url: str


class RetrieveResponse(BaseModel):
    """Passages, best first."""

    hits: list[HitOut]
    degraded: tuple[str, ...] = Field(description="Arms that were down or too slow.")
    index_version: str


class PassageResponse(BaseModel):
    """A passage as it was indexed, and the source that it comes from."""

    passage: Passage
    source: Source


class JobState(StrEnum):
    """How far a build is."""

    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"


class DocumentNote(BaseModel):
    """A document that was left out, or deserves a look, and why."""

    path: str
    reason: str


class BuildResult(BaseModel):
    """What a build made."""

    version_id: str
    sources: int
    passages: int
    added: int = Field(description="Passages that the active version did not have.")
    removed: int = Field(description="Passages that only the active version has.")
    reused: int = Field(description="Passages whose vector was not computed again.")
    quarantined: list[DocumentNote] = Field(description="Documents that were left out.")
    warnings: list[DocumentNote] = Field(description="Documents that deserve a look.")


class Job(BaseModel):
    """A build that was asked for."""

    id: str
    state: JobState
    folder: str
    activate: bool
    started_at: dt.datetime
    finished_at: dt.datetime | None = None
    result: BuildResult | None = None
    error: str = Field("", description="Why it failed, and what you can do.")


class IndexSummary(BaseModel):
    """One index version on disk."""

    id: str
    active: bool = Field(description="The version that CURRENT names.")
    serving: bool = Field(description="The version that this service answers from.")
    sources: int | None = None
    passages: int | None = None
    built_at: dt.datetime | None = None
    problem: str = Field("", description="Why this version cannot be used.")


class Indexes(BaseModel):
    """All index versions on disk, newest first."""

    versions: list[IndexSummary]


class Active(BaseModel):
    """The version that the service answers from."""

    index_version: str


class Health(BaseModel):
    """The process is alive."""

    status: Literal["ok"] = "ok"


class Ready(BaseModel):
    """The service can answer."""

    status: Literal["ready"] = "ready"
    index_version: str
