"""An index version of a few given passages, made for one measurement and thrown away."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from rag.encoders.base import Encoder, Vectors
from rag.index.content import ID_DIGITS, arrange, content_sha256
from rag.index.graph import graph_sha256
from rag.index.store import VERSIONS
from rag.index.version import IndexVersion
from rag.index.write import Known, Recipe, write_version
from rag.model import Passage, Source, passage_id, sha256_text
from rag.sentences import sentence_spans

_AS_GIVEN = "as given"


class Borrowed:
    """An encoder that is open already: the versions that it makes do not copy its files."""

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder
        self.name = encoder.name
        self.sha256 = encoder.sha256
        self.dimensions = encoder.dimensions
        self.max_tokens = encoder.max_tokens

    def encode(
        self, texts: Sequence[str], *, progress: Callable[[int], None] | None = None
    ) -> Vectors:
        """As the encoder does."""
        return self._encoder.encode(texts, progress=progress)

    def count_tokens(self, text: str) -> int:
        """As the encoder does."""
        return self._encoder.count_tokens(text)


def title_of(number: int) -> str:
    """What the source of the passage with this number, from 1, is called."""
    return f"Passage {number}"


def index_passages(passages: Sequence[str], folder: Path, encoder: Encoder) -> IndexVersion:
    """A version in `folder` that holds each text as one passage, whatever its length, with a
    source of its own. The same text twice is one passage, under its first number.

    Raises:
        OSError, sqlite3.Error: it could not be written.
    """
    borrowed = Borrowed(encoder)
    numbered = dict.fromkeys(passages)
    cut = [
        _with_source(passages.index(text) + 1, text) for text in numbered if sentence_spans(text)
    ]
    content = arrange(cut)
    digest = content_sha256(
        content, chunker=_AS_GIVEN, encoder_sha256=borrowed.sha256, graph_sha256=graph_sha256()
    )
    recipe = Recipe(digest[:ID_DIGITS], digest, content, _AS_GIVEN, borrowed, "", lay_phrases=False)
    write_version(folder / VERSIONS, recipe, Known(), lambda _name, _total: lambda _done: None)
    return IndexVersion.open(folder, recipe.id, encoder=borrowed)


def _with_source(number: int, text: str) -> tuple[Source, tuple[Passage, ...]]:
    source = Source(
        id=f"passage-{number}", title=title_of(number), publisher="given", sha256=sha256_text(text)
    )
    passage = Passage(
        id=passage_id(source.id, "", text),
        source_id=source.id,
        text=text,
        heading=(),
        start=0,
        end=len(text),
        pages=(),
        sentences=sentence_spans(text),
        sha256=sha256_text(text),
    )
    return source, (passage,)
