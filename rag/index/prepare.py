"""Documents to the content of a version: read, cut into passages, linked, arranged and named."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from rag.encoders import open_encoder
from rag.encoders.base import Encoder
from rag.errors import BuildError
from rag.index.content import ID_DIGITS, arrange, content_sha256
from rag.index.cut_cache import CutCache
from rag.index.documents import Quarantine, cut_passages, find_documents, read_documents
from rag.index.editions import link_editions
from rag.index.graph import graph_sha256
from rag.index.imports import grounding_documents, imports_in
from rag.index.reuse import Done
from rag.index.write import Recipe
from rag.languages import ANSWERED_IN
from rag.model import Document
from rag.settings import Settings


class Progress(Protocol):
    """Told how far a build has come."""

    def __call__(self, stage: str, done: int, total: int) -> None:
        """`done` of `total` in the stage called `stage` ("Reading documents", ...)."""
        ...


class Stages:
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


@dataclass(frozen=True, slots=True)
class Prepared:
    """What a build would write, and what it would say of the documents."""

    recipe: Recipe
    quarantined: tuple[tuple[str, str], ...]
    warnings: tuple[tuple[str, str], ...]


def prepare(
    paths: Sequence[Path],
    settings: Settings,
    *,
    progress: Progress | None = None,
    allow_unknown: bool = False,
) -> Prepared:
    """What `rag.index.build.build` would write; nothing is written, no vector computed.

    Raises:
        BuildError: no document could be used.
        EncoderError, MissingExtraError: the encoder cannot be opened.
    """
    return prepare_files(
        paths, settings, Quarantine(), Stages(progress), allow_unknown=allow_unknown
    )


def prepare_files(
    paths: Sequence[Path],
    settings: Settings,
    quarantine: Quarantine,
    stages: Stages,
    *,
    allow_unknown: bool,
    full: bool = False,
    save: bool = False,
    encoder: Encoder | None = None,
) -> Prepared:
    """As `prepare`; `full` reads every document anew, `save` remembers what they were cut into,
    and `encoder` is one of the caller's own."""
    opened = encoder or open_encoder(settings.encoder)
    cache = None if full else CutCache(settings.index_dir, settings.ingest, opened.sha256)
    files = find_documents(paths, quarantine)
    done = stages("Reading documents", len(files))
    documents = read_documents(
        files, settings.ingest, quarantine, done, allow_unknown=allow_unknown, cache=cache
    )
    model = "" if encoder else settings.encoder.model
    prepared = _prepared(documents, quarantine, settings, opened, model, cache, on_disk=True)
    if save and cache:
        cache.save()
    return prepared


def prepare_documents(
    documents: Iterable[tuple[str, Document]],
    quarantine: Quarantine,
    settings: Settings,
    encoder: Encoder | None,
) -> Prepared:
    """As `prepare`, from (path or name, parsed document) instead of files; `encoder` is one of
    the caller's own."""
    opened = encoder or open_encoder(settings.encoder)
    model = "" if encoder else settings.encoder.model
    return _prepared(documents, quarantine, settings, opened, model, None)


def _prepared(
    documents: Iterable[tuple[str, Document]],
    quarantine: Quarantine,
    settings: Settings,
    encoder: Encoder,
    model: str,
    cache: CutCache | None,
    *,
    on_disk: bool = False,
) -> Prepared:
    warnings: list[tuple[str, str]] = []
    noted = _noting_warnings(documents, warnings)
    cut = cut_passages(
        noted, encoder.count_tokens, settings.ingest, quarantine, cache, on_disk=on_disk
    )
    if not cut:
        raise BuildError(_nothing(quarantine))
    imports = imports_in(settings.index_dir)
    linked, notes = link_editions([*cut, *grounding_documents(imports)])
    content = arrange(linked)
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
        model=model,
        imports=imports,
    )
    return Prepared(recipe, tuple(quarantine.found), (*warnings, *notes))


def _noting_warnings(
    documents: Iterable[tuple[str, Document]], warnings: list[tuple[str, str]]
) -> Iterator[tuple[str, Document]]:
    for path, document in documents:
        language = document.source.language
        if language.partition("-")[0] != ANSWERED_IN:
            warnings.append((path, f"it is in another language ({language}): no answer uses it"))
        warnings.extend((path, warning) for warning in document.warnings)
        yield path, document


def _nothing(quarantine: Quarantine) -> str:
    if not quarantine.found:
        return "No document was found to build from: name files, or folders that hold some"
    path, reason = quarantine.found[0]
    others = len(quarantine.found) - 1
    more = f" ({others} more were left out too)" if others else ""
    return f"None of the documents could be used: {path}: {reason}{more}"
