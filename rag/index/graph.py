"""The knowledge graph of an index version: built from its passages, opened beside them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

import corpora
from knowledge_graph.errors import GraphError
from knowledge_graph.graph import Sources, build_graph, sources_sha256
from knowledge_graph.lexicon import make_lexicon, read_lexicon, write_lexicon
from knowledge_graph.linking import Linker
from knowledge_graph.passages import PassageText
from knowledge_graph.store import GraphReader
from knowledge_graph.stores.embedded import EmbeddedReader, write
from rag.encoders.base import Encoder
from rag.errors import BuildError, IndexCorruptError
from rag.index.content import Content
from rag.index.passages import source_names
from rag.index.reuse import Done, KnownVectors, embed

FOLDER = "graph"
_PHRASES = "phrases.npy"


def graph_sha256() -> str:
    """Hex SHA-256 of what decides the graph besides the passages."""
    return sources_sha256(corpora.facts_dir())


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


def write_graph(
    folder: Path, content: Content, encoder: Encoder, known: KnownVectors | None, done: Done
) -> None:
    """Writes the graph of these passages, its names, and the vectors of lay phrases.

    The same content gives the same bytes.

    Raises:
        OSError, sqlite3.Error: it could not be written.
        BuildError: a table of facts is not what it should be.
    """
    folder.mkdir()
    texts = passage_texts(content)
    supersedes = [(source.id, older) for source in content.sources for older in source.supersedes]
    try:
        sources = Sources.shipped(corpora.facts_dir())
        write(folder, build_graph(sources, texts, supersedes))
    except GraphError as error:
        raise BuildError(f"The knowledge graph could not be built: {error}") from error
    lexicon = make_lexicon(sources.vocabulary, _texts(texts))
    write_lexicon(folder, lexicon)
    phrases = [phrase for phrase, _ in lexicon.phrases]
    vectors, _ = embed(phrases, encoder, known, np.float16, done)
    with (folder / _PHRASES).open("wb") as file:
        np.save(file, vectors, allow_pickle=False)


def known_phrases(folder: Path) -> KnownVectors | None:
    """The phrase vectors of an earlier version's graph folder, if it has any."""
    path = folder / FOLDER
    if not (path / _PHRASES).is_file():
        return None
    phrases = [phrase for phrase, _ in read_lexicon(path).phrases]
    return KnownVectors(phrases, np.load(path / _PHRASES, allow_pickle=False))


class VersionGraph:
    """The graph of an opened version. Threads may share it."""

    def __init__(self, folder: Path, version: str) -> None:
        """Opens the graph in `folder`, whose files were checked.

        Raises:
            IndexCorruptError: a file is not what was written.
        """
        try:
            lexicon = read_lexicon(folder)
            self.embedded = EmbeddedReader(folder, version)
            vectors = np.load(folder / _PHRASES, allow_pickle=False)
        except (GraphError, OSError, ValueError) as error:
            raise IndexCorruptError(
                f"The graph of index version {version} is damaged: {error}. Run `rag build`"
            ) from error
        self.linker = Linker(lexicon, vectors.astype(np.float32))

    @property
    def reader(self) -> GraphReader:
        """Reads the graph that lies in the version."""
        return self.embedded

    def close(self) -> None:
        """Closes the files."""
        self.embedded.close()


def _texts(passages: Sequence[PassageText]) -> list[str]:
    return [" ".join((*passage.heading, *passage.sentences)) for passage in passages]
