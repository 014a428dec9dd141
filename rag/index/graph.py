"""The knowledge graph of an index version: built from its passages, opened beside them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

import corpora
from knowledge_graph.errors import GraphError
from knowledge_graph.extraction import Extractor
from knowledge_graph.graph import Sources, build_graph, sources_sha256
from knowledge_graph.imports import Statement, with_imports
from knowledge_graph.lexicon import make_lexicon, read_lexicon, write_lexicon
from knowledge_graph.linking import Linker
from knowledge_graph.passages import PassageText
from knowledge_graph.reading import Reading, readings
from knowledge_graph.stores.embedded import EmbeddedReader, write
from rag.encoders.base import Encoder
from rag.errors import BuildError, IndexCorruptError
from rag.index.content import Content
from rag.index.imports import Import, imports_sha256
from rag.index.passages import source_names
from rag.index.reuse import KnownVectors, embed
from rag.model import Passage

FOLDER = "graph"
_PHRASES = "phrases.npy"
_IMPORTED = "imported.tsv"
_READ_BY = "read-by.sha256"


def graph_sha256(imports: Sequence[Import] = ()) -> str:
    """Hex SHA-256 of what decides the graph besides the passages."""
    return sources_sha256(corpora.facts_dir()) + imports_sha256(imports)


def passage_texts(content: Content) -> list[PassageText]:
    """The passages as the graph reads them."""
    names = source_names(content.sources)
    return [
        PassageText(
            id=passage.id,
            source=names[position],
            heading=passage.heading,
            sentences=passage.sentence_texts(),
            grade=content.sources[position].grade.value,
        )
        for position, passage in content.passages
    ]


@dataclass(frozen=True, slots=True)
class Phrases:
    """What turns lay phrases into vectors: the encoder, and vectors that are known already."""

    encoder: Encoder
    known: KnownVectors | None

    def vectors(self, phrases: Sequence[str]) -> npt.NDArray[np.float16]:
        """Shape (phrases, dimensions)."""
        vectors, _ = embed(phrases, self.encoder, self.known, np.float16, lambda _more: None)
        return vectors


def write_graph(
    folder: Path,
    content: Content,
    phrases: Phrases | None,
    imports: Sequence[Import] = (),
    known: Mapping[str, Reading] | None = None,
) -> None:
    """Writes the graph of these passages, its names, and the vectors of lay phrases, if wanted.

    The same content gives the same bytes. `known`: see `known_readings`.

    Raises:
        OSError, sqlite3.Error: it could not be written.
        BuildError: a table of facts is not what it should be.
    """
    folder.mkdir()
    texts = passage_texts(content)
    supersedes = [(source.id, older) for source in content.sources for older in source.supersedes]
    try:
        sources = _shipped()
        read = [one.read(sources.vocabulary) for one in imports]
        sources = with_imports(sources, read)
        data = build_graph(sources, texts, supersedes, known=known)
        if read:
            statements = {key: s for one in read for key, s in one.statements.items()}
            _write_statements(folder, statements)
            named = {key: statement.source for key, statement in statements.items()}
            data = replace(data, passages={**named, **data.passages})
        write(folder, data)
    except GraphError as error:
        raise BuildError(f"The knowledge graph could not be built: {error}") from error
    lexicon = make_lexicon(sources.vocabulary, _texts(texts))
    write_lexicon(folder, lexicon)
    (folder / _READ_BY).write_text(graph_sha256(imports), encoding="utf-8")
    if phrases is not None:
        vectors = phrases.vectors([phrase for phrase, _ in lexicon.phrases])
        with (folder / _PHRASES).open("wb") as file:
            np.save(file, vectors, allow_pickle=False)


@cache
def _shipped() -> Sources:
    """The tables of the package: they do not change while it runs."""
    return Sources.shipped(corpora.facts_dir())


def known_phrases(folder: Path) -> KnownVectors | None:
    """The phrase vectors of an earlier version's graph folder, if it has any."""
    path = folder / FOLDER
    if not (path / _PHRASES).is_file():
        return None
    phrases = [phrase for phrase, _ in read_lexicon(path).phrases]
    return KnownVectors(phrases, np.load(path / _PHRASES, allow_pickle=False))


def known_readings(
    folder: Path, before: Iterable[Passage], content: Content, imports: Sequence[Import]
) -> dict[str, Reading]:
    """What the graph of an earlier version read off passages that are the same now, by passage
    id: nothing if other code or other tables read them. `before`: the passages of that version."""
    path = folder / FOLDER
    read_by = path / _READ_BY
    if not read_by.is_file() or read_by.read_text(encoding="utf-8") != graph_sha256(imports):
        return {}
    read = {passage.id: (passage.heading, passage.sentence_texts()) for passage in before}
    same = {
        passage.id
        for _, passage in content.passages
        if read.get(passage.id) == (passage.heading, passage.sentence_texts())
    }
    reader = EmbeddedReader(path, folder.name)
    found = readings(reader.data())
    reader.close()
    return {passage: found[passage] for passage in same}


class VersionGraph:
    """The graph of an opened version. Threads may share it."""

    def __init__(self, folder: Path, version: str) -> None:
        """Opens the graph in `folder`, whose files were checked.

        Raises:
            IndexCorruptError: a file is not what was written.
        """
        try:
            lexicon = read_lexicon(folder)
            self.reader = EmbeddedReader(folder, version)
            """Reads the graph that lies in the version."""
            self._statements = _read_statements(folder)
            vectors = _read_vectors(folder)
        except (GraphError, OSError, ValueError) as error:
            raise IndexCorruptError(
                f"The graph of index version {version} is damaged: {error}. Run `rag build`"
            ) from error
        self.linker = Linker(lexicon, vectors)
        self.extractor = Extractor(self.linker.finder)
        """Reads what sentences state, by the names of this version."""

    def imported_sentence(self, passage_id: str) -> str:
        """The sentence of an imported graph with this id, and its paper; "" for none. It is no
        passage unless the user allowed its import to ground answers."""
        statement = self._statements.get(passage_id)
        return f"{statement.source}: {statement.text}" if statement else ""

    def close(self) -> None:
        """Closes the files."""
        self.reader.close()


def _read_vectors(folder: Path) -> npt.NDArray[np.float32] | None:
    path = folder / _PHRASES
    if not path.is_file():
        return None
    vectors: npt.NDArray[np.float32] = np.load(path, allow_pickle=False).astype(np.float32)
    return vectors


def _write_statements(folder: Path, statements: Mapping[str, Statement]) -> None:
    lines = (f"{key}\t{s.source}\t{s.text}\n" for key, s in sorted(statements.items()))
    (folder / _IMPORTED).write_text("".join(lines), encoding="utf-8")


def _read_statements(folder: Path) -> dict[str, Statement]:
    path = folder / _IMPORTED
    if not path.is_file():
        return {}
    rows = [line.split("\t") for line in path.read_text(encoding="utf-8").split("\n") if line]
    return {key: Statement(source, text) for key, source, text in rows}


def _texts(passages: Sequence[PassageText]) -> list[str]:
    return [" ".join((*passage.heading, *passage.sentences)) for passage in passages]
