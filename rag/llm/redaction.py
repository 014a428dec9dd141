"""Replaces what identifies people before anything leaves for an LLM, and puts it back after."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace

from rag.conversation import Turn
from rag.llm.pii import Finding, find

Finder = Callable[[str], Sequence[Finding]]
_PLACEHOLDER = re.compile(r"\b(PERSON|PLACE|PHONE|EMAIL|LINK|DATE|ID)[_ ](\d{1,3})\b")


def open_finder(name: str) -> Finder:
    """The finder that the settings name: "rules" or "presidio".

    Raises:
        MissingExtraError: presidio or its language model is not installed.
    """
    if name == "rules":
        return find
    from rag.llm.presidio import open_presidio

    return open_presidio()


class Redaction:
    """The replacements of one question: the same thing always gets the same placeholder.

    >>> redaction = Redaction()
    >>> redaction.hide("My name is Anna Kirk, write to anna@example.org.")
    'My name is PERSON_1, write to EMAIL_1.'
    >>> redaction.restore("Rest may help PERSON_1.")
    'Rest may help Anna Kirk.'
    """

    def __init__(self, finder: Finder = find) -> None:
        """`finder` says what identifies somebody in a text."""
        self._find = finder
        self._placeholders: dict[str, str] = {}
        self._originals: dict[str, str] = {}

    def hide(self, text: str) -> str:
        """The text with placeholders. What an earlier text gave away is hidden here too."""
        parts: list[str] = []
        cursor = 0
        for finding in self._find(text):
            parts.append(self._known_hidden(text[cursor : finding.start]))
            parts.append(self._placeholder(text[finding.start : finding.end], finding.kind))
            cursor = finding.end
        return "".join((*parts, self._known_hidden(text[cursor:])))

    def hide_turns(self, turns: Sequence[Turn]) -> tuple[Turn, ...]:
        """Each turn hidden. Two passes, so that a name introduced late is hidden early too."""
        for turn in turns:
            self.hide(turn.text)
        return tuple(replace(turn, text=self.hide(turn.text)) for turn in turns)

    def restore(self, text: str) -> str:
        """The text with the originals in place of the placeholders."""
        return _PLACEHOLDER.sub(
            lambda match: self._originals.get(f"{match[1]}_{match[2]}", match[0]), text
        )

    def strip(self, text: str) -> str:
        """The text without what identifies, for a search: a name does not say what is asked."""
        return " ".join(_PLACEHOLDER.sub(" ", self.hide(text)).split())

    def _known_hidden(self, text: str) -> str:
        for original in sorted(self._placeholders, key=len, reverse=True):
            placeholder = self._placeholders[original]
            if original in text:
                text = re.sub(rf"\b{re.escape(original)}\b", placeholder, text)
        return text

    def _placeholder(self, original: str, kind: str) -> str:
        if original not in self._placeholders:
            number = 1 + sum(p.startswith(f"{kind}_") for p in self._originals)
            placeholder = self._same_person(original, kind) or f"{kind}_{number}"
            self._placeholders[original] = placeholder
            self._originals.setdefault(placeholder, original)
            if kind == "PERSON":  # "Anna Kirk" is also Anna, and Ms Kirk
                for part in _parts(original):
                    self._placeholders.setdefault(part, placeholder)
        return self._placeholders[original]

    def _same_person(self, original: str, kind: str) -> str | None:
        if kind != "PERSON":
            return None
        return next((p for part in _parts(original) if (p := self._placeholders.get(part))), None)


def _parts(name: str) -> list[str]:
    return [part for part in name.split() if len(part) > 2 and part[0].isupper()]
