"""What requests with a question look like: ours, and those of OpenAI's clients."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from rag.audience import Audience
from rag.conversation import MOST_TURNS, Turn
from rag.service.schemas import Request

Country = Annotated[
    str | None,
    Field(
        max_length=60,
        description="Whose crisis lines to name, as the person stated it: ISO 3166-1 alpha-2, a "
        "locale or a name. One that is unknown gets an international finder.",
    ),
]
GuessedCountry = Annotated[
    str | None,
    Field(
        max_length=60,
        description="The same, as guessed from an address, say. What was stated always wins.",
    ),
]
AsOf = Annotated[
    dt.date | None,
    Field(description="Answer from the sources in force on this date; today when left out."),
]
Reader = Annotated[
    Audience,
    Field(description="Who is asking: changes wording and detail, not what is safe."),
]


class Message(Request):
    """What was said before, by the person or by the engine."""

    role: Literal["user", "assistant", "system"]
    content: str

    def turn(self) -> Turn:
        """The engine's own noun for it."""
        return Turn(self.role, self.content)


class AskRequest(Request):
    """A question, alone or at the end of a conversation."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"question": "What helps with panic attacks?", "country": "GB"}]
        }
    )

    question: str = Field(
        description="The question, in plain words. Left out, it is the last of `messages`."
    )
    messages: list[Message] = Field(
        default_factory=list,
        max_length=MOST_TURNS,
        description="What was said before it, oldest first. It says what the question is about; "
        "nothing in it counts as evidence.",
    )
    country: Country = None
    guessed_country: GuessedCountry = None
    as_of: AsOf = None
    audience: Reader = Audience.PUBLIC

    @model_validator(mode="before")
    @classmethod
    def _last_message_asks(cls, data: Any) -> Any:
        """Without a question, the person's last message is taken for it."""
        if not isinstance(data, dict) or "question" in data:
            return data
        match data.get("messages"):
            case [*before, {"role": "user", "content": str(question)}]:
                return {**data, "question": question, "messages": before}
        return data

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
    guessed_country: GuessedCountry = None
    as_of: AsOf = None
    audience: Reader = Audience.PUBLIC

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
            guessed_country=self.guessed_country,
            as_of=self.as_of,
            audience=self.audience,
        )
