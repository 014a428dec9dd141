"""Documents to an index version: read, cut, name, embed what is new, write, activate."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from rag.encoders.base import Encoder
from rag.errors import IndexUnavailableError, NotFoundError
from rag.index.documents import Quarantine
from rag.index.files import build_errors
from rag.index.graph import known_phrases, known_readings
from rag.index.locks import build_lock
from rag.index.passages import PassageStore
from rag.index.prepare import Prepared, Progress, Stages, prepare_documents, prepare_files
from rag.index.reuse import known_passages, known_vectors
from rag.index.store import IndexStore
from rag.index.write import Known, Recipe, sweep, write_version
from rag.model import Document
from rag.settings import Settings


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
    allow_unknown: bool = False,
    encoder: Encoder | None = None,
) -> BuildReport:
    """Builds an index version from the documents at and below `paths`.

    A document that cannot be used is left out and named in the report. The id follows from the
    content alone: a rebuild after one change gives the version that a build from nothing gives,
    byte for byte in its vectors, but computes only the vectors of changed passages.

    Args:
        full: computes every vector anew instead of taking over those of the version before.
        activate: makes the version the one that answers.
        allow_unknown: takes documents in that do not say who publishes them.
        encoder: one of the caller's own, in place of the one that the settings name.

    Raises:
        BuildInProgressError: another build is at work in the same index folder.
        BuildError: no document could be used, or the version could not be written. The active
            version is as it was.
        EncoderError, MissingExtraError: the encoder cannot be opened.

    >>> build([Path("corpora/documents")], Settings()).version_id  # doctest: +SKIP
    '3f0c9b1de84a7726'
    """
    stages = Stages(progress)
    with build_lock(settings.index_dir):
        store = _swept(settings)
        prepared = prepare_files(
            paths,
            settings,
            Quarantine(),
            stages,
            allow_unknown=allow_unknown,
            full=full,
            save=True,
            encoder=encoder,
        )
        return _write(prepared, store, settings, stages, activate, full)


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
        store = _swept(settings)
        prepared = prepare_documents(documents, Quarantine(), settings, encoder)
        return _write(prepared, store, settings, Stages(progress), activate, full)


def _swept(settings: Settings) -> IndexStore:
    store = IndexStore(settings.index_dir)
    with build_errors(settings.index_dir):
        sweep(store.versions_dir)
    return store


def _write(
    prepared: Prepared,
    store: IndexStore,
    settings: Settings,
    stages: Stages,
    activate: bool,
    full: bool,
) -> BuildReport:
    recipe, content = prepared.recipe, prepared.recipe.content
    before = _active_passage_ids(store)
    there = _intact(store, recipe.id)
    reused = len(content.passages)
    with build_errors(settings.index_dir):
        if full or not there:
            known = Known() if full else _known(store, recipe)
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
        quarantined=prepared.quarantined,
        warnings=prepared.warnings,
        created=not there,
        activated=activate,
    )


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


def _known(store: IndexStore, recipe: Recipe) -> Known:
    """What the active version, or else the newest intact one with the same encoder, has worked
    out of its passages."""
    for state in sorted(store.versions(), key=lambda state: not state.active):
        if state.manifest is None or state.manifest.encoder.sha256 != recipe.encoder.sha256:
            continue
        if _intact(store, state.id):
            folder = store.folder(state.id)
            before = known_passages(folder)
            passages, sentences, asked = known_vectors(folder, before)
            readings = known_readings(folder, before, recipe.content, recipe.imports)
            return Known(passages, sentences, asked, known_phrases(folder), readings)
    return Known()
