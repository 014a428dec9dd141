"""What a build would change, before anything is built."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from rag.errors import IndexUnavailableError, NotFoundError
from rag.index.passages import PassageStore, source_names
from rag.index.prepare import Prepared, Progress, prepare
from rag.index.store import IndexStore
from rag.model import Source
from rag.retrieval.policy import excluded_sources
from rag.settings import Settings


@dataclass(frozen=True, slots=True)
class SourceChange:
    """A document, and how many of its passages come and go."""

    name: str
    title: str
    comes: int
    goes: int


@dataclass(frozen=True, slots=True)
class Plan:
    """A build against the active version. A document may be in more than one list: a new edition
    is added, and the one before is superseded."""

    version_id: str
    added: tuple[SourceChange, ...]
    changed: tuple[SourceChange, ...]
    gone: tuple[SourceChange, ...]
    superseded: tuple[str, ...]
    """Sources that from now on ground no answer, since a newer one takes their place."""
    withdrawn: tuple[str, ...]
    unchanged: int
    passages_come: int
    passages_go: int
    quarantined: tuple[tuple[str, str], ...]
    warnings: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class _Holding:
    """Sources, and the ids of the passages of each, by name (`id@edition`)."""

    sources: dict[str, Source]
    passages: dict[str, frozenset[str]]

    @classmethod
    def of(cls, sources: Sequence[Source], rows: Iterable[tuple[int, str]]) -> _Holding:
        held: dict[int, set[str]] = defaultdict(set)
        for row, passage_id in rows:
            held[row].add(passage_id)
        names = [f"{source.id}@{source.edition}" for source in sources]
        return cls(
            dict(zip(names, sources, strict=True)),
            {name: frozenset(held[row]) for row, name in enumerate(names)},
        )

    def out_of_force(self) -> tuple[set[str], set[str]]:
        """Names of the superseded and of the withdrawn sources, today."""
        sources = list(self.sources.values())
        out = excluded_sources(sources)
        today = dt.date.today()
        withdrawn: set[str] = set()
        superseded: set[str] = set()
        for name, called, source in zip(self.sources, source_names(sources), sources, strict=True):
            if source.withdrawn_on is not None and source.withdrawn_on <= today:
                withdrawn.add(name)
            elif called in out and not (source.effective_from and source.effective_from > today):
                superseded.add(name)
        return superseded, withdrawn


def plan_build(
    paths: Sequence[Path],
    settings: Settings,
    *,
    progress: Progress | None = None,
    allow_unknown: bool = False,
) -> Plan:
    """Reads the documents as a build would, and compares them with the active version.

    Raises:
        BuildError: no document could be used.
    """
    prepared = prepare(paths, settings, progress=progress, allow_unknown=allow_unknown)
    content = prepared.recipe.content
    new = _Holding.of(content.sources, ((row, p.id) for row, p in content.passages))
    return _plan(prepared, new, _active(IndexStore(settings.index_dir)))


def _plan(prepared: Prepared, new: _Holding, old: _Holding) -> Plan:
    new_ids = {source.id for source in new.sources.values()}
    old_ids = {source.id for source in old.sources.values()}
    added: list[SourceChange] = []
    changed: list[SourceChange] = []
    unchanged = 0
    for name, source in new.sources.items():
        if old.sources.get(name) == source:
            unchanged += 1
            continue
        before = old.passages.get(name) or _others(old, new, source.id)
        change = SourceChange(
            name,
            source.title,
            comes=len(new.passages[name] - before),
            goes=len(before - new.passages[name]),
        )
        (changed if source.id in old_ids else added).append(change)
    gone = tuple(
        SourceChange(name, source.title, comes=0, goes=len(old.passages[name]))
        for name, source in old.sources.items()
        if source.id not in new_ids
    )
    superseded, withdrawn = new.out_of_force()
    superseded_before, withdrawn_before = old.out_of_force()
    ids_now = frozenset().union(*new.passages.values())
    ids_before = frozenset().union(*old.passages.values())
    return Plan(
        version_id=prepared.recipe.id,
        added=tuple(added),
        changed=tuple(changed),
        gone=gone,
        superseded=tuple(sorted(superseded - superseded_before)),
        withdrawn=tuple(sorted(withdrawn - withdrawn_before)),
        unchanged=unchanged,
        passages_come=len(ids_now - ids_before),
        passages_go=len(ids_before - ids_now),
        quarantined=prepared.quarantined,
        warnings=prepared.warnings,
    )


def _others(old: _Holding, new: _Holding, source_id: str) -> frozenset[str]:
    """Passages of the editions of a document that are gone: the new one is in their place."""
    return frozenset().union(
        *(
            passages
            for name, passages in old.passages.items()
            if old.sources[name].id == source_id and name not in new.sources
        )
    )


def _active(store: IndexStore) -> _Holding:
    try:
        manifest = store.verify()
    except (IndexUnavailableError, NotFoundError):
        return _Holding({}, {})
    passages = PassageStore(store.folder(manifest.id) / "passages.sqlite")
    passages.close()
    return _Holding.of(passages.sources, zip(passages.source_rows, passages.ids, strict=True))
