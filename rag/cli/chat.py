"""`rag chat`: a conversation in the terminal, or from a pipe with one message a line."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from rag.audience import Audience
from rag.cli.ask import Country
from rag.cli.common import AsJson, IndexDir, load_settings, print_line
from rag.cli.crisis import crisis_in

if TYPE_CHECKING:
    from rag.conversation import Turn
    from rag.engine import Engine
    from rag.model import Answer

_PROMPT = "you> "
_LEAVE = frozenset({"/quit", "/exit", "/q"})
_FORGET = "/new"
_HELP = "Ask in your own words. /new starts again, /quit leaves. I am a program, not a person."


def chat_command(
    country: Country = None,
    audience: Annotated[Audience, typer.Option(help="Who is asking.")] = Audience.PUBLIC,
    evidence: Annotated[
        bool, typer.Option("--evidence", help="Print a line of evidence under each citation.")
    ] = False,
    as_json: AsJson = False,
    index_dir: IndexDir = None,
) -> None:
    """Answers one message after the other; each answer is checked against the sources afresh.

    Earlier messages say what a question is about, and count for nothing as evidence. From a pipe,
    each line is a message; with --json, each answer is one JSON document on a line.
    """
    from rag.conversation import ASSISTANT, USER, Turn, said_by_user
    from rag.triage_model import OnlyOverrules

    overrules = OnlyOverrules()
    engine: Engine | None = None
    turns: list[Turn] = []
    try:
        for message in _messages():
            if message == _FORGET:
                turns = []
                continue
            said = [*said_by_user(turns), message]
            answer, topic = crisis_in(said, country, overrules)
            if answer and topic:
                with suppress(Exception):  # nothing keeps it back
                    engine = engine or _opened(index_dir)
                    answer = engine.followed(answer, topic, audience=audience)
            elif answer is None:
                engine = engine or _opened(index_dir)
                answer = _answered(engine, message, turns, country, audience)
            if answer is not None:
                turns += [Turn(USER, message), Turn(ASSISTANT, answer.text)]
                _show(answer, as_json=as_json, evidence=evidence)
    finally:
        if engine is not None:
            engine.close()


def _messages() -> Iterator[str]:
    """What is typed or piped in, until /quit or the end."""
    if not sys.stdin.isatty():
        for line in sys.stdin:
            if line.strip() in _LEAVE:
                return
            if line.strip():
                yield line.strip()
        return
    print(_HELP, file=sys.stderr)
    while True:
        try:
            line = input(_PROMPT).strip()
        except EOFError:
            print(file=sys.stderr)
            return
        if line in _LEAVE:
            return
        if line:
            yield line


def _opened(index_dir: Path | None) -> Engine:
    from rag.engine import Engine

    return Engine.open(load_settings(index_dir))


def _answered(
    engine: Engine, message: str, turns: list[Turn], country: str | None, audience: Audience
) -> Answer | None:
    """None for what is no question; the conversation goes on."""
    from rag.errors import QuestionError

    try:
        return engine.ask(message, messages=turns, country=country, audience=audience)
    except QuestionError as error:
        print(f"rag: {error}", file=sys.stderr)
        return None


def _show(answer: Answer, *, as_json: bool, evidence: bool) -> None:
    if as_json:
        print_line(answer)
        return
    from rag.cli.render import print_answer

    print_answer(answer, evidence=evidence)
    print()
    sys.stdout.flush()
