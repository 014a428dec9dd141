"""Writes an index version: every file into a folder of its own, the manifest last, then one
rename into place."""

from __future__ import annotations

import datetime as dt
import os
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from knowledge_graph.reading import Reading
from rag.encoders.base import Encoder
from rag.errors import IndexUnavailableError
from rag.index.content import Content
from rag.index.encoder import save_encoder
from rag.index.files import flush_folder
from rag.index.graph import FOLDER as GRAPH
from rag.index.graph import Phrases, write_graph
from rag.index.imports import Import
from rag.index.lexical import write_lexical
from rag.index.manifest import (
    Counts,
    EncoderRecord,
    Manifest,
    SourceRecord,
    check_files,
    describe_files,
    read_manifest,
    write_manifest,
)
from rag.index.passages import write_passages
from rag.index.reuse import Done, KnownVectors, embed
from rag.index.sentence_vectors import Halves, write_sentence_vectors
from rag.index.vectors import write_vectors

Stage = Callable[[str, int], Done]
UNFINISHED = ".building-"
REPLACED = ".replaced-"
_SENTENCES_AT_ONCE = 4096


@dataclass(frozen=True, slots=True)
class Recipe:
    """What a version is made from."""

    id: str
    content_sha256: str
    content: Content
    chunker: str
    encoder: Encoder
    model: str
    imports: Sequence[Import] = ()
    lay_phrases: bool = True
    """Whether questions may be linked to the graph by meaning; it costs a vector a phrase."""


@dataclass(frozen=True, slots=True)
class Known:
    """What an earlier version with the same encoder has worked out; by default nothing."""

    passages: KnownVectors | None = None
    sentences: KnownVectors | None = None
    asked: KnownVectors | None = None
    """Of the questions that passages answer."""
    phrases: KnownVectors | None = None
    """Of the graph's lay phrases."""
    readings: Mapping[str, Reading] = field(default_factory=dict)
    """What the graph reads off passages, by their ids."""


def write_version(versions_dir: Path, recipe: Recipe, known: Known, stage: Stage) -> int:
    """Writes and flushes the version, and renames it into place.

    Args:
        known: what need not be worked out again.
        stage: given a stage's name and how many texts it has, returns what to call as they are
            done.

    Returns:
        How many passages took their vector from the earlier version.

    Raises:
        OSError, sqlite3.Error: it could not be written; no version was changed.
    """
    versions_dir.mkdir(exist_ok=True)
    folder = versions_dir / f"{UNFINISHED}{os.getpid()}"
    folder.mkdir()
    try:
        manifest, reused = _write_files(folder, recipe, known, stage)
        target = versions_dir / recipe.id
        if not _holds(target, manifest):
            _put_in_place(folder, target)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return reused


def sweep(versions_dir: Path) -> None:
    """Clears what builds left that were killed. The caller holds the build lock."""
    for path in sorted(versions_dir.glob(".*-*")):
        target = versions_dir / path.name.removeprefix(REPLACED)
        if path.name.startswith(REPLACED) and not target.exists():
            path.rename(target)  # killed between the two renames of a replacement
        else:
            shutil.rmtree(path)


def _write_files(folder: Path, recipe: Recipe, known: Known, stage: Stage) -> tuple[Manifest, int]:
    content = recipe.content
    record = save_encoder(recipe.encoder, recipe.model, folder / "encoder")
    write_passages(folder / "passages.sqlite", content.sources, content.passages)
    texts = [passage.indexed_text for _, passage in content.passages]
    done = stage("Embedding passages", len(texts))
    vectors, reused = embed(texts, recipe.encoder, known.passages, np.float32, done)
    write_vectors(folder / "vectors.faiss", vectors)
    _write_asked(folder / "asked.faiss", recipe, known, stage)
    done = stage("Embedding sentences", content.sentence_count)
    write_sentence_vectors(
        folder / "sentences.npy",
        _sentence_chunks(recipe, known.sentences, done),
        content.sentence_count,
        recipe.encoder.dimensions,
    )
    done = stage("Indexing words", len(texts))
    write_lexical(folder / "lexical", [passage.searched_text for _, passage in content.passages])
    done(len(texts))
    done = stage("Linking facts", len(texts))
    phrases = Phrases(recipe.encoder, known.phrases) if recipe.lay_phrases else None
    write_graph(folder / GRAPH, content, phrases, recipe.imports, known.readings)
    done(len(texts))
    manifest = _manifest(folder, recipe, record)
    write_manifest(folder, manifest)
    return manifest, reused


def _write_asked(path: Path, recipe: Recipe, known: Known, stage: Stage) -> None:
    questions = [each.text for _, passage in recipe.content.passages for each in passage.asked]
    vectors = np.zeros((0, recipe.encoder.dimensions), np.float32)
    if questions:
        done = stage("Embedding questions", len(questions))
        vectors, _ = embed(questions, recipe.encoder, known.asked, np.float32, done)
    write_vectors(path, vectors)


def _sentence_chunks(recipe: Recipe, known: KnownVectors | None, done: Done) -> Iterator[Halves]:
    passages = recipe.content.passages
    sentences = [text for _, passage in passages for text in passage.sentence_texts()]
    for first in range(0, len(sentences), _SENTENCES_AT_ONCE):
        batch = sentences[first : first + _SENTENCES_AT_ONCE]
        vectors, _ = embed(batch, recipe.encoder, known, np.float16, done)
        yield vectors


def _manifest(folder: Path, recipe: Recipe, encoder: EncoderRecord) -> Manifest:
    content = recipe.content
    counted = zip(content.sources, content.passages_per_source(), strict=True)
    return Manifest(
        id=recipe.id,
        content_sha256=recipe.content_sha256,
        built_at=dt.datetime.now(dt.UTC),
        chunker=recipe.chunker,
        encoder=encoder,
        counts=Counts(
            sources=len(content.sources),
            passages=len(content.passages),
            sentences=content.sentence_count,
        ),
        sources=tuple(
            SourceRecord(
                id=source.id,
                edition=source.edition,
                title=source.title,
                sha256=source.sha256,
                passages=count,
            )
            for source, count in counted
        ),
        files=describe_files(folder),
    )


def _put_in_place(folder: Path, target: Path) -> None:
    if target.exists():
        # Only a damaged version, or a full rebuild whose bytes differ, is ever replaced. A folder
        # cannot be replaced in one step; if the process dies between the two, `sweep` mends it.
        replaced = target.with_name(f"{REPLACED}{target.name}")
        target.rename(replaced)
        try:
            folder.rename(target)
        except OSError:
            replaced.rename(target)
            raise
        shutil.rmtree(replaced)
    else:
        folder.rename(target)
    flush_folder(target.parent)


def _holds(target: Path, manifest: Manifest) -> bool:
    """Whether the version is there already, byte for byte."""
    try:
        there = read_manifest(target)
        check_files(target, there)
    except IndexUnavailableError:
        return False
    return there.files == manifest.files
