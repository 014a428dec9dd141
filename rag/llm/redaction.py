"""Replaces what identifies people before anything leaves for an LLM, and puts it back after."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import replace

from rag.conversation import Turn
from rag.llm.pii import Finding, find

Finder = Callable[[str], Sequence[Finding]]
_WORD = re.compile(r"\w+")
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
        self._numbers: Counter[str] = Counter()  # of each kind, the last that was given
        self._by_word: defaultdict[str, list[str]] = defaultdict(list)  # by their first word

    def learn(self, text: str) -> Sequence[Finding]:
        """What identifies in the text: from now on it is hidden wherever it stands."""
        found = self._find(text)
        for finding in found:
            self._know(text[finding.start : finding.end], finding.kind)
        return found

    def hide(self, text: str) -> str:
        """The text with placeholders. What an earlier text gave away is hidden here too."""
        found = self.learn(text)
        known = self._known_in(text)
        parts: list[str] = []
        cursor = 0
        for finding in found:
            parts.append(self._hidden(text[cursor : finding.start], known))
            parts.append(self._placeholders[text[finding.start : finding.end]])
            cursor = finding.end
        return "".join((*parts, self._hidden(text[cursor:], known)))

    def hide_turns(self, turns: Sequence[Turn]) -> tuple[Turn, ...]:
        """Each turn hidden. Two passes, so that a name introduced late is hidden early too."""
        for turn in turns:
            self.learn(turn.text)
        return tuple(replace(turn, text=self.hide(turn.text)) for turn in turns)

    def restore(self, text: str) -> str:
        """The text with the originals in place of the placeholders."""
        return _PLACEHOLDER.sub(
            lambda match: self._originals.get(f"{match[1]}_{match[2]}", match[0]), text
        )

    def strip(self, text: str) -> str:
        """The text without what identifies, for a search: a name does not say what is asked."""
        return " ".join(_PLACEHOLDER.sub(" ", self.hide(text)).split())

    def _known_in(self, text: str) -> list[str]:
        """What is known and stands in the text, the longest first."""
        words = dict.fromkeys(_WORD.findall(text))
        known = [one for word in words for one in self._by_word.get(word, ()) if one in text]
        return sorted(known, key=len, reverse=True)

    def _hidden(self, text: str, known: Sequence[str]) -> str:
        for original in known:
            if original in text:
                placeholder = self._placeholders[original]
                text = re.sub(rf"\b{re.escape(original)}\b", placeholder, text)
        return text

    def _know(self, original: str, kind: str) -> None:
        if original in self._placeholders:
            return
        placeholder = self._same_person(original, kind)
        if placeholder is None:
            self._numbers[kind] += 1
            placeholder = f"{kind}_{self._numbers[kind]}"
            self._originals[placeholder] = original
        parts = _parts(original) if kind == "PERSON" else []  # "Anna Kirk" is also Anna, Ms Kirk
        for name in dict.fromkeys((original, *parts)):
            if name not in self._placeholders:
                self._placeholders[name] = placeholder
                for word in _WORD.findall(name)[:1]:
                    self._by_word[word].append(name)

    def _same_person(self, original: str, kind: str) -> str | None:
        if kind != "PERSON":
            return None
        return next((p for part in _parts(original) if (p := self._placeholders.get(part))), None)


def _parts(name: str) -> list[str]:
    return [part for part in name.split() if len(part) > 2 and part[0].isupper()]
