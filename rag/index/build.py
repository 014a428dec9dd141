"""Documents to an index version: read, cut, name, embed what is new, write, activate."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from rag.encoders import open_encoder
from rag.encoders.base import Encoder
from rag.errors import BuildError, IndexUnavailableError, NotFoundError
from rag.index.content import ID_DIGITS, arrange, content_sha256
from rag.index.documents import Quarantine, cut_passages, find_documents, read_documents
from rag.index.files import build_errors
from rag.index.graph import graph_sha256, known_phrases
from rag.index.imports import grounding_documents, imports_in
from rag.index.locks import build_lock
from rag.index.passages import PassageStore
from rag.index.reuse import Done, known_vectors
from rag.index.store import IndexStore
from rag.index.write import Known, Recipe, sweep, write_version
from rag.model import Document
from rag.settings import Settings


class Progress(Protocol):
    """Told how far a build has come."""

    def __call__(self, stage: str, done: int, total: int) -> None:
        """`done` of `total` in the stage called `stage` ("Reading documents", ...)."""
        ...


@dataclass(frozen=True, slots=True)
class BuildReport:
    """What a build did. `added` and `removed` count passages against the version that was active
    before; `reused` are passages whose vector was not computed again."""

    version_id: str
    sources: int
    passages: int
    added: int
    removed: int
    reused: int
    quarantined: tuple[tuple[str, str], ...]
    """(path, reason) of each document that was left out."""
    warnings: tuple[tuple[str, str], ...]
    """(path, warning) of documents that are in, but deserve a look."""
    created: bool
    """False when this very version was on the disk already."""
    activated: bool


def build(
    paths: Sequence[Path],
    settings: Settings,
    *,
    progress: Progress | None = None,
    activate: bool = True,
    full: bool = False,
    encoder: Encoder | None = None,
) -> BuildReport:
    """Builds an index version from the documents at and below `paths`.

    A document that cannot be used is left out and named in the report. The id follows from the
    content alone: a rebuild after one change gives the version that a build from nothing gives,
    byte for byte in its vectors, but computes only the vectors of changed passages.

    Args:
        full: computes every vector anew instead of taking over those of the version before.
        activate: makes the version the one that answers.
        encoder: one of the caller's own, in place of the one that the settings name.

    Raises:
        BuildInProgressError: another build is at work in the same index folder.
        BuildError: no document could be used, or the version could not be written. The active
            version is as it was.
        EncoderError, MissingExtraError: the encoder cannot be opened.

    >>> build([Path("corpora/documents")], Settings()).version_id  # doctest: +SKIP
    '3f0c9b1de84a7726'
    """
    quarantine = Quarantine()
    stages = _Stages(progress)
    with build_lock(settings.index_dir):
        files = find_documents(paths, quarantine)
        done = stages("Reading documents", len(files))
        documents = read_documents(files, settings.ingest, quarantine, done)
        return _build(documents, quarantine, settings, stages, activate, full, encoder)


def build_documents(
    documents: Iterable[tuple[str, Document]],
    settings: Settings,
    *,
    progress: Progress | None = None,
    activate: bool = True,
    full: bool = False,
    encoder: Encoder | None = None,
) -> BuildReport:
    """As `build`, from (path or name, parsed document) instead of files."""
    with build_lock(settings.index_dir):
        return _build(documents, Quarantine(), settings, _Stages(progress), activate, full, encoder)


def _build(
    documents: Iterable[tuple[str, Document]],
    quarantine: Quarantine,
    settings: Settings,
    stages: _Stages,
    activate: bool,
    full: bool,
    given: Encoder | None,
) -> BuildReport:
    store = IndexStore(settings.index_dir)
    with build_errors(settings.index_dir):
        sweep(store.versions_dir)
    encoder = given or open_encoder(settings.encoder)
    warnings: list[tuple[str, str]] = []
    noted = _noting_warnings(documents, warnings)
    cut = cut_passages(noted, encoder.count_tokens, settings.ingest, quarantine)
    if not cut:
        raise BuildError(_nothing(quarantine))
    imports = imports_in(settings.index_dir)
    cut += grounding_documents(imports)
    content = arrange(cut)
    chunker = f"{settings.ingest.min_tokens}-{settings.ingest.max_tokens} tokens"
    digest = content_sha256(
        content, chunker=chunker, encoder_sha256=encoder.sha256, graph_sha256=graph_sha256(imports)
    )
    recipe = Recipe(
        id=digest[:ID_DIGITS],
        content_sha256=digest,
        content=content,
        chunker=chunker,
        encoder=encoder,
        model="" if given else settings.encoder.model,
        imports=imports,
    )
    before = _active_passage_ids(store)
    there = _intact(store, recipe.id)
    reused = len(content.passages)
    with build_errors(settings.index_dir):
        if full or not there:
            known = None if full else _known(store, encoder.sha256)
            reused = write_version(store.versions_dir, recipe, known, stages)
        if activate:
            store.activate(recipe.id)
    now = {passage.id for _, passage in content.passages}
    return BuildReport(
        version_id=recipe.id,
        sources=len(content.sources),
        passages=len(content.passages),
        added=len(now - before),
        removed=len(before - now),
        reused=reused,
        quarantined=tuple(quarantine.found),
        warnings=tuple(warnings),
        created=not there,
        activated=activate,
    )


class _Stages:
    """Adds up what is done in each stage, for whoever watches."""

    def __init__(self, progress: Progress | None) -> None:
        self._progress = progress

    def __call__(self, name: str, total: int) -> Done:
        count = 0

        def done(more: int) -> None:
            nonlocal count
            count += more
            if self._progress is not None:
                self._progress(name, count, total)

        done(0)
        return done


def _noting_warnings(
    documents: Iterable[tuple[str, Document]], warnings: list[tuple[str, str]]
) -> Iterator[tuple[str, Document]]:
    for path, document in documents:
        warnings.extend((path, warning) for warning in document.warnings)
        yield path, document


def _active_passage_ids(store: IndexStore) -> set[str]:
    try:
        manifest = store.verify()
    except (IndexUnavailableError, NotFoundError):
        return set()
    passages = PassageStore(store.folder(manifest.id) / "passages.sqlite")
    passages.close()
    return set(passages.ids)


def _intact(store: IndexStore, version_id: str) -> bool:
    try:
        store.verify(version_id)
    except (IndexUnavailableError, NotFoundError):
        return False
    return True


def _known(store: IndexStore, encoder_sha256: str) -> Known | None:
    """Vectors of the active version, or else of the newest intact one, with the same encoder."""
    for state in sorted(store.versions(), key=lambda state: not state.active):
        if state.manifest is None or state.manifest.encoder.sha256 != encoder_sha256:
            continue
        if _intact(store, state.id):
            folder = store.folder(state.id)
            passages, sentences = known_vectors(folder, state.manifest)
            return passages, sentences, known_phrases(folder)
    return None


def _nothing(quarantine: Quarantine) -> str:
    if not quarantine.found:
        return "No document was found to build from: name files, or folders that hold some"
    path, reason = quarantine.found[0]
    others = len(quarantine.found) - 1
    more = f" ({others} more were left out too)" if others else ""
    return f"None of the documents could be used: {path}: {reason}{more}"
