"""What requests and responses look like; answers, verdicts and sources are the engine's nouns."""

from __future__ import annotations

import datetime as dt
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from rag.model import Passage, Source

# Characters. What the gate costs grows with the product of the two.
_LONGEST_SENTENCE = 4_000
_LONGEST_PASSAGE = 20_000


class Request(BaseModel):
    """A request body: unknown fields are errors."""

    model_config = ConfigDict(extra="forbid")


class RetrieveRequest(Request):
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


class VerifyRequest(Request):
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

    sentence: str = Field(
        min_length=1, max_length=_LONGEST_SENTENCE, description="The sentence to check."
    )
    passages: list[Annotated[str, Field(max_length=_LONGEST_PASSAGE)]] = Field(
        min_length=1, max_length=20, description="The passages that should support it."
    )


class BuildRequest(Request):
    """A folder to build a new index version from."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"folder": "guidelines-2026"}]})

    folder: str = Field(
        ".", pattern=r"^[^\x00]*$", description="A folder inside the service's build root."
    )
    activate: bool = Field(
        True,
        description="Answer from the new version once it is built and has passed the promotion "
        "gate.",
    )
    allow_unknown: bool = Field(
        False, description="Take documents in that do not say who publishes them."
    )
    dry_run: bool = Field(False, description="Only say what would change; build nothing.")
    force: bool = Field(False, description="Activate whatever the promotion gate says.")


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


class PlannedChange(BaseModel):
    """A document, and how many of its passages come and go."""

    name: str
    title: str
    comes: int
    goes: int


class BuildPlan(BaseModel):
    """What a build would change against the active version."""

    version_id: str
    added: list[PlannedChange]
    changed: list[PlannedChange]
    gone: list[PlannedChange]
    superseded: list[str] = Field(description="Sources that ground no answer any more.")
    withdrawn: list[str]
    unchanged: int
    passages_come: int
    passages_go: int
    quarantined: list[DocumentNote]
    warnings: list[DocumentNote]


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
    refused: list[str] = Field(
        description="Why the promotion gate does not let the version answer; empty if it does."
    )


class Job(BaseModel):
    """A build that was asked for."""

    id: str
    state: JobState
    folder: str
    activate: bool
    started_at: dt.datetime
    finished_at: dt.datetime | None = None
    result: BuildResult | None = None
    plan: BuildPlan | None = Field(None, description="The result of a dry run.")
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
