"""One index version, opened for reading: the only thing that answering a question touches."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Self

import numpy as np

from rag.encoders.base import Encoder, Vectors
from rag.errors import NotFoundError
from rag.index.encoder import open_saved_encoder
from rag.index.graph import FOLDER as GRAPH
from rag.index.graph import VersionGraph
from rag.index.lexical import LexicalIndex
from rag.index.manifest import Manifest, check_files, read_manifest
from rag.index.passages import PassageStore
from rag.index.sentence_vectors import SentenceVectors
from rag.index.store import VERSIONS, IndexStore
from rag.index.vectors import Mask, VectorIndex
from rag.model import Passage, Source

ASKED_DISCOUNT = 0.15
"""What a cosine with a question counts less than one with a passage: two questions are alike in
form before they are alike in meaning."""
_ASKED_EACH = 4  # questions looked at for each passage wanted: several may belong to one


class IndexVersion:
    """Passages, sources, vectors, terms and the encoder of one version. Threads may share it.

    A source is called by its id or, where several editions of an id are in, by `id@edition`;
    `Passage.source_id` is always a name that `source` finds. Sources to leave out may be named
    either way: an id alone means every edition.

    >>> with IndexVersion.open(Path("indexes")) as version:  # doctest: +SKIP
    ...     version.lexical("panic attacks", top_k=3)
    """

    def __init__(self, folder: Path, manifest: Manifest, encoder: Encoder) -> None:
        """Opens the files in `folder`, which must have been checked; use `open`."""
        self.manifest = manifest
        self.encoder = encoder
        self._store = PassageStore(folder / "passages.sqlite")
        self._vectors = VectorIndex(folder / "vectors.faiss")
        self._asked = VectorIndex(folder / "asked.faiss")
        counts = self._store.asked_counts
        self._asked_rows = np.repeat(np.arange(len(counts), dtype=np.int64), counts)
        self._lexical = LexicalIndex(folder / "lexical")
        self._sentences = SentenceVectors(folder / "sentences.npy", self._store.sentence_counts)
        self.graph = VersionGraph(folder / GRAPH, manifest.id)
        """Its knowledge graph."""
        self._rows = {passage_id: row for row, passage_id in enumerate(self._store.ids)}
        self._source_rows = np.array(self._store.source_rows, dtype=np.int64)

    @classmethod
    def open(
        cls,
        index_dir: Path,
        version_id: str | None = None,
        *,
        threads: int = 2,
        encoder: Encoder | None = None,
    ) -> Self:
        """Opens a version, or the active one. Every file is hashed before a library reads it.

        Args:
            encoder: one that is open already; used if it made the version's vectors.

        Raises:
            IndexUnavailableError: there is no index, nothing is active, or the encoder that the
                version names is not on this machine.
            IndexCorruptError: a file is missing or differs from the manifest.
            IndexFormatError: another release wrote the version.
            NotFoundError: no version has the id given.
        """
        store = IndexStore(index_dir)
        folder = store.folder(version_id) if version_id else index_dir / VERSIONS / store.active()
        manifest = read_manifest(folder)
        check_files(folder, manifest)
        opened = open_saved_encoder(folder / "encoder", manifest.encoder, threads, encoder)
        return cls(folder, manifest, opened)

    @property
    def id(self) -> str:
        """The version's id: a hash of its content."""
        return self.manifest.id

    def sources(self) -> tuple[Source, ...]:
        """Every source, sorted by id and edition."""
        return tuple(self._store.sources)

    def source(self, name: str) -> Source:
        """The source called `name`; of several editions under a bare id, the last by name.

        Raises:
            NotFoundError: this version has no such source.
        """
        rows = self._store.source_rows_named(name)
        if not rows:
            raise NotFoundError(f"No source {name!r} in index version {self.id}; check the id")
        return self._store.sources[rows[-1]]

    def passage(self, passage_id: str) -> Passage:
        """The passage with this id.

        Raises:
            NotFoundError: this version has no such passage.
        """
        return self._store.get([passage_id])[0]

    def passages(self, passage_ids: Sequence[str]) -> list[Passage]:
        """The passages, in the order asked.

        Raises:
            NotFoundError: this version lacks one of them.
        """
        return self._store.get(passage_ids)

    def passage_ids(self, source_name: str) -> list[str]:
        """Ids of a source's passages, sorted.

        Raises:
            NotFoundError: this version has no such source.
        """
        self.source(source_name)
        rows = np.isin(self._source_rows, self._store.source_rows_named(source_name))
        return [self._store.ids[row] for row in np.flatnonzero(rows)]

    def dense(
        self, vector: Vectors, top_k: int, excluded_sources: Collection[str] = ()
    ) -> list[tuple[str, float]]:
        """Up to `top_k` (passage id, cosine), best first. `vector`: (dimensions,), unit length.

        The cosine is that with the passage or, less `ASKED_DISCOUNT`, with a question that it is
        known to answer, whichever is more.
        """
        allowed = self._allowed(excluded_sources)
        found = dict(self._vectors.search(vector, top_k, allowed))
        asked = None if allowed is None else allowed[self._asked_rows]
        for number, score in self._asked.search(vector, _ASKED_EACH * top_k, asked):
            row = int(self._asked_rows[number])
            found[row] = max(found.get(row, -1.0), score - ASKED_DISCOUNT)
        best = sorted(found.items(), key=lambda pair: (-pair[1], pair[0]))[:top_k]
        return [(self._store.ids[row], score) for row, score in best]

    def lexical(
        self, text: str, top_k: int, excluded_sources: Collection[str] = ()
    ) -> list[tuple[str, float]]:
        """Up to `top_k` (passage id, BM25 score above 0), best first."""
        found = self._lexical.search(text, top_k, self._allowed(excluded_sources))
        return [(self._store.ids[row], score) for row, score in found]

    def sentence_vectors(self, passage_id: str) -> Vectors:
        """float32, shape (sentences of the passage, dimensions), unit length.

        Raises:
            NotFoundError: this version has no such passage.
        """
        return self._sentences.of_row(self._row(passage_id))

    def passage_vector(self, passage_id: str) -> Vectors:
        """float32, shape (dimensions,), unit length.

        Raises:
            NotFoundError: this version has no such passage.
        """
        vector: Vectors = self._vectors.rows(self._row(passage_id), 1)[0]
        return vector

    def asked_vectors(self, passage_id: str) -> Vectors:
        """Of the questions that the passage is known to answer, in their order: float32, shape
        (questions, dimensions), unit length.

        Raises:
            NotFoundError: this version has no such passage.
        """
        row = self._row(passage_id)
        first, last = np.searchsorted(self._asked_rows, [row, row + 1])
        return self._asked.rows(int(first), int(last - first))

    def in_force(
        self, passage_ids: Iterable[str], excluded_sources: Collection[str] = ()
    ) -> set[str]:
        """Those of `passage_ids` that this version holds, without those of excluded sources."""
        allowed = self._allowed(excluded_sources)
        rows = ((i, self._rows.get(i)) for i in passage_ids)
        return {i for i, row in rows if row is not None and (allowed is None or bool(allowed[row]))}

    def terms(self, text: str) -> list[str]:
        """Stems of `text` as BM25 sees them: in order, repeats kept, stop words out."""
        return self._lexical.terms(text)

    def idf(self, stem: str) -> float:
        """How telling a stem is: above 0, greatest for one that no passage holds."""
        return self._lexical.idf(stem)

    def close(self) -> None:
        """Closes the files. Searches under way must be over."""
        self._store.close()
        self.graph.close()

    @contextmanager
    def closed_on_failure(self) -> Iterator[None]:
        """`with version.closed_on_failure():` around what makes its owner; a failure closes it."""
        try:
            yield
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _row(self, passage_id: str) -> int:
        row = self._rows.get(passage_id)
        if row is None:
            raise NotFoundError(f"No passage {passage_id!r} in index version {self.id}")
        return row

    def _allowed(self, excluded_sources: Collection[str]) -> Mask | None:
        rows = [row for name in excluded_sources for row in self._store.source_rows_named(name)]
        if not rows:
            return None
        source_allowed = np.ones(len(self._store.sources), dtype=np.bool_)
        source_allowed[rows] = False
        return source_allowed[self._source_rows]
