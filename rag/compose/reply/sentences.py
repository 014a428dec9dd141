"""A reply as sentences with the numbers that they cite, whole or while it still arrives."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from rag.compose.reply.citations import with_plain_marks, without_marks
from rag.compose.reply.markup import plain_text
from rag.errors import LLMError
from rag.sentences import sentence_spans
from rag.verify.context import is_fragment
from rag.verify.verbatim import LIST_BREAK, quotable

_INVISIBLE = re.compile(r"[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\x00-\x08\x0b-\x1f\x7f]")
_ENDED = re.compile(r"""(?:[.!?…]["'”’»)\]]*|\[\d+\])\s*$""")
# What may be the first half of a citation that is still to come.
_OPEN_MARK = re.compile(r"(?<!\s)\s*[\[(【<^][^\])】>\n]{0,60}$")
_LEAST_GROWTH = 0.02  # of a reply before it is read again: a long one only every so often


@dataclass(frozen=True, slots=True)
class ReplySentence:
    """One sentence as it will be printed, and the evidence numbers that it cites (maybe none)."""

    text: str
    cites: tuple[int, ...]
    finished: bool = True  # it ends like a sentence, or with a mark; what was cut off does not
    lead: str = ""  # the line above the list of which this is an item that says little alone


def read_reply(reply: str) -> tuple[ReplySentence, ...]:
    """The sentences of a whole reply.

    Raises:
        LLMError: it is a structure that cannot be read.
    """
    clean = _INVISIBLE.sub("", unicodedata.normalize("NFC", reply.replace("\r\n", "\n")))
    text = with_plain_marks(plain_text(clean))
    found: list[ReplySentence] = []
    for start, end in sentence_spans(text):
        lead = ""
        for piece in _pieces(text[start:end]):
            words, cites = without_marks(quotable(piece))
            if not any(c.isalnum() for c in words):
                continue
            above = lead if is_fragment(words) else ""
            found.append(ReplySentence(words, cites, bool(_ENDED.search(piece)), above))
            lead = lead or words
    return tuple(found)


def _pieces(unit: str) -> list[str]:
    """A line and the items below it: apart where the items are sentences or cite something, so
    that one wrong item does not cost the others; else together, since none says much alone."""
    line, *items = LIST_BREAK.split(unit)
    if not items:
        return [unit]
    words, cites = without_marks(items[0])
    return [line, *items] if cites or not is_fragment(words) else [unit]


class ArrivingReply:
    """Gives the sentences of a reply as soon as each is certainly whole.

    >>> reply = ArrivingReply()
    >>> [s.text for piece in ("Tea helps", ". [1] Rest", " too. [2]") for s in reply.add(piece)]
    ['Tea helps.']
    >>> [s.text for s in reply.rest()]
    ['Rest too.']
    """

    def __init__(self) -> None:
        self.raw = ""
        self._given = 0
        self._read = 0  # characters, when it was last read

    def add(self, piece: str) -> Sequence[ReplySentence]:
        """Takes the next piece; the sentences that are now followed by another one."""
        self.raw += piece
        if not re.search(r"[.!?\n]", piece) and not piece[:1].isspace():
            return ()
        if len(self.raw) - self._read < _LEAST_GROWTH * len(self.raw):
            return ()
        self._read = len(self.raw)
        try:
            return self._next(read_reply(_OPEN_MARK.sub("", self.raw))[:-1])
        except LLMError:
            return ()  # JSON that has not all arrived

    def rest(self) -> Sequence[ReplySentence]:
        """What is left once nothing more comes.

        Raises:
            LLMError: it is a structure that cannot be read.
        """
        return self._next(read_reply(self.raw))

    def _next(self, sentences: Sequence[ReplySentence]) -> Sequence[ReplySentence]:
        new = sentences[self._given :]
        self._given = max(self._given, len(sentences))
        return new
