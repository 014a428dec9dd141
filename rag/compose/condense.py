"""A conversation's last question, made to stand alone by an LLM, if its reply can be trusted."""

from __future__ import annotations

from collections.abc import Sequence

from rag.conversation import Turn
from rag.verify.words import content_stems

_MOST_WORDS = 60
_KNOWN_SHARE = 0.7  # of its words must stand in the conversation: it puts together, it adds nothing


def condensed(reply: str, turns: Sequence[Turn], question: str) -> str:
    """The reply as a question; empty where it is no rewording of the conversation's last one."""
    lines = [line.strip(" \"'“”*") for line in reply.splitlines() if line.strip()]
    if len(lines) != 1 or not 2 <= len(lines[0].split()) <= _MOST_WORDS:
        return ""
    said = " ".join((*(turn.text for turn in turns), question))
    stems = set(content_stems(lines[0]))
    known = stems & set(content_stems(said))
    return lines[0] if stems and len(known) >= _KNOWN_SHARE * len(stems) else ""
