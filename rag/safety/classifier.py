"""A small model for what the rules have no pattern for. Optional: triage works without it.

It reads a message through two encoders of its own, tuned apart to tell concerns apart, and says
which one it resembles, if any; where one errs, the other often does not. Plain Python, so that
nothing heavy is imported here; the caller hands in the encoders. `weights/CARD.md` says how they
were made and what they miss.
"""

from __future__ import annotations

import hashlib
import json
import math
import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from operator import mul
from pathlib import Path
from typing import Protocol

from rag.errors import CorpusError
from rag.safety.normalise import BREAK

WEIGHTS = Path(__file__).parent / "weights"
_ENCODER = "encoder"  # the folder of an encoder beside its head
NONE = "none"  # the class of harmless messages, the first one of the head
_GREETINGS = frozenset(("hi", "hello", "hey", "hiya"))
_GREETED = 3  # words; a shorter message is a greeting
_TERSE = 2  # words: a message that says next to nothing
_WHOLE = 100  # a message of this many words or fewer is also judged as a whole
_PART = 12  # longer ones are judged in parts of whole sentences, about this long
_SENTENCE = 50  # a longer sentence is cut; the pieces overlap by half a part
_ASKING = frozenset(
    "how what why where when which who does do did is are can could should would will".split()
)  # how a question begins
_ENDS = 32  # of a very long message the first and the last parts are judged; rules read it all


class Rows(Protocol):
    """What an encoder gives: a matrix that turns into lists of numbers."""

    def tolist(self) -> list[list[float]]: ...


class TextEncoder(Protocol):
    """The part of `rag.encoders.Encoder` that is used here."""

    @property
    def sha256(self) -> str: ...

    def encode(self, texts: Sequence[str]) -> Rows: ...


class Classifier:
    """Which concern a message resembles. Never a score: only yes or no, and the concern."""

    def __init__(self, encoders: Sequence[TextEncoder], folder: Path = WEIGHTS) -> None:
        """`encoders`: those of `encoder_folders(folder)`, in that order.

        Raises:
            CorpusError: the weights are missing, changed or made for other encoders.
        """
        manifest = _manifest(folder)
        if len(encoders) != len(manifest.members):
            raise CorpusError(
                f"{folder} holds {len(manifest.members)} heads: each needs an encoder."
            )
        self._encoders = tuple(encoders)
        self._heads = [
            _head(folder / name, encoder)
            for name, encoder in zip(manifest.members, encoders, strict=True)
        ]
        self._threshold = manifest.threshold
        self._part_threshold = manifest.part_threshold
        self._question_threshold = manifest.question_threshold
        self._harmless_threshold = manifest.harmless_threshold
        self._sure_threshold = manifest.sure_threshold
        self._plain_threshold = manifest.plain_threshold
        self._concerns = manifest.classes[1:]

    def concern(self, words: Sequence[str], *, part: bool = False) -> str | None:
        """The concern of one message, given as `rag.safety.normalise.tokens` returns it.

        A part of a message that was judged whole must stand out more: what it seems to say, the
        rest may explain; where the whole is clearly harmless, no part counts. With `part`, `words`
        are themselves such a part. So must a message of one or two words, which the rules know if
        they are a cry, and one that is one question and tells nothing.
        """
        whole = self._whole(words)
        if whole and whole[0] < self._harmless_threshold:
            return None
        beside = list(parts(words))[1 if whole else 0 :]
        judged = [*([whole] if whole else []), *self._judged(beside)]
        threshold = self._question_threshold if is_question(words) else self._threshold
        if part or len(without_outer_breaks(words)) <= _TERSE:
            threshold = self._part_threshold
        least = [threshold] * len(judged)
        if whole:
            least[1:] = [self._part_threshold] * len(beside)
        seen = [each for each, needed in zip(judged, least, strict=True) if each[0] > needed]
        return max(seen)[1] if seen else None

    def harmless(self, words: Sequence[str], *, surely: bool = False) -> bool:
        """Whether a message, read as a whole, is clearly of no concern, and no part of it stands
        out. Never a long one: its whole is not looked at. With `surely` the whole must say so
        more clearly; a message of a dozen words or fewer has no parts beside it."""
        whole = self._whole(words)
        least = self._sure_threshold if surely else self._harmless_threshold
        if whole is None or whole[0] >= least:
            return False
        beside = self._judged(list(parts(words))[1:])
        return all(each[0] <= self._part_threshold for each in beside)

    def stands_out(self, words: Sequence[str]) -> str | None:
        """The concern of a message read as a whole, where it is plain. None of a long one, whose
        whole is not looked at."""
        whole = self._whole(words)
        return whole[1] if whole and whole[0] > self._plain_threshold else None

    def _whole(self, words: Sequence[str]) -> tuple[float, str] | None:
        """What `_judged` says of a message that is short enough to be judged whole."""
        return self._judged([without_outer_breaks(words)])[0] if is_whole(words) else None

    def _judged(self, texts: Sequence[Sequence[str]]) -> list[tuple[float, str]]:
        """Of each text how far any concern is above none, and the likeliest one."""
        if not texts:
            return []
        said = [" ".join(without_greeting(text)) for text in texts]
        return [*map(self._margin, *(each.encode(said).tolist() for each in self._encoders))]

    def _margin(self, *vectors: Sequence[float]) -> tuple[float, str]:
        """Of one text, as each encoder reads it: the mean of what their heads say."""
        said = [
            [_dot(row, vector) + bias for row, bias in head]
            for head, vector in zip(self._heads, vectors, strict=True)
        ]
        none, *concerns = (sum(logits) / len(said) for logits in zip(*said, strict=True))
        highest = max(concerns)
        margin = highest + math.log(sum(math.exp(c - highest) for c in concerns)) - none
        return margin, self._concerns[concerns.index(highest)]


def parts(words: Sequence[str]) -> Iterator[list[str]]:
    """What is judged: a short message whole, and the parts of one that is not very short."""
    whole = is_whole(words)
    words = without_outer_breaks(words)
    if whole:
        yield words
    if len(words) > _PART:
        pieces = [piece for piece in map(without_outer_breaks, _together(words)) if piece]
        yield from pieces if len(pieces) <= 2 * _ENDS else pieces[:_ENDS] + pieces[-_ENDS:]


def is_whole(words: Sequence[str]) -> bool:
    """Whether the message is short enough to be judged whole; that is its first part then."""
    return 0 < len(without_outer_breaks(words)) <= _WHOLE


def is_question(words: Sequence[str]) -> bool:
    """Whether the message is one sentence that begins as a question does."""
    words = without_outer_breaks(words)
    return bool(words) and words[0] in _ASKING and BREAK not in words


def without_outer_breaks(words: Sequence[str]) -> list[str]:
    """A full stop at the end, or none, makes no difference."""
    kept = [index for index, word in enumerate(words) if word != BREAK]
    return list(words[kept[0] : kept[-1] + 1]) if kept else []


def without_greeting(words: Sequence[str]) -> Sequence[str]:
    """ "hi, I have not slept for five days" means what it means without the "hi"."""
    return words[1:] if len(words) > _GREETED and words[0] in _GREETINGS else words


def _together(words: Sequence[str]) -> Iterator[list[str]]:
    part: list[str] = []
    for start, end in _sentences(words):
        if part and len(part) + end - start > _PART:
            yield part
            part = []
        part.extend(words[start:end])
    yield part


def _sentences(words: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Start and end of each sentence; one that is too long comes in overlapping pieces."""
    start = 0
    for index, word in enumerate(words):
        if word == BREAK or index - start >= _SENTENCE:
            yield start, index + 1
            start = index + 1 if word == BREAK else index + 1 - _PART // 2
    if start < len(words):
        yield start, len(words)


def _dot(row: Sequence[float], vector: Sequence[float]) -> float:
    return sum(map(mul, row, vector), 0.0)


def encoder_folders(folder: Path = WEIGHTS) -> list[Path]:
    """The folders of the encoders, to be opened by the caller and handed in.

    Raises:
        CorpusError: the manifest is missing or cannot be read.
    """
    return [folder / name / _ENCODER for name in _manifest(folder).members]


@dataclass(frozen=True, slots=True)
class _Manifest:
    members: list[str]
    classes: list[str]
    threshold: float
    part_threshold: float
    question_threshold: float
    harmless_threshold: float
    sure_threshold: float
    plain_threshold: float


_Head = Sequence[tuple[Sequence[float], float]]  # weights and bias of each class


def _manifest(folder: Path) -> _Manifest:
    try:
        raw = json.loads((folder / "manifest.json").read_bytes())
        return _Manifest(**{name: raw[name] for name in _Manifest.__slots__})
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise _unreadable(folder, error) from error


def _head(folder: Path, encoder: TextEncoder) -> _Head:
    """The rows of `head.bin`, whose SHA-256 the manifest beside it holds."""
    try:
        manifest = json.loads((folder / "manifest.json").read_bytes())
        if encoder.sha256 != manifest["encoder_sha256"]:
            raise CorpusError("The triage classifier was made for another encoder; it is not used.")
        content = (folder / "head.bin").read_bytes()
        if hashlib.sha256(content).hexdigest() != manifest["sha256"]:
            raise CorpusError(f"{folder / 'head.bin'} is not the file that its manifest names.")
        size = manifest["dimensions"] + 1
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise _unreadable(folder, error) from error
    numbers = struct.unpack(f"<{len(content) // 4}f", content)
    rows = [numbers[at : at + size] for at in range(0, len(numbers), size)]
    return [(row[:-1], row[-1]) for row in rows]


def _unreadable(folder: Path, error: Exception) -> CorpusError:
    return CorpusError(f"Cannot read the triage classifier in {folder}: {error}")
