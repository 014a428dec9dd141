"""Versions of the graph side by side in one folder: ROOT/VERSION/graph.sqlite."""

from __future__ import annotations

import re
import shutil
from collections.abc import Collection, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from knowledge_graph.errors import GraphDataError, LoadInProgressError, VersionNotLoadedError
from knowledge_graph.schema import GraphData
from knowledge_graph.store import GraphCounts, Removed
from knowledge_graph.stores import embedded_write
from knowledge_graph.stores.embedded import FILE, EmbeddedReader

_NAME = re.compile(r"\w[\w.-]{0,99}")


class EmbeddedStore(AbstractContextManager["EmbeddedStore"]):
    """Versions of the graph in the folder `root`."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def load(self, version: str, data: GraphData) -> GraphCounts:
        """See `GraphStore.load`. A version that is there is left as it is."""
        target = self._folder(version)
        with self._locked(version):
            unfinished = self._root / f".loading-{version}"
            shutil.rmtree(unfinished, ignore_errors=True)
            if not target.exists():
                unfinished.mkdir()
                embedded_write.write(unfinished, data)
                unfinished.rename(target)
        reader = self.open(version)
        try:
            return reader.counts(deadline_s=1)
        finally:
            reader.close()

    def open(self, version: str) -> EmbeddedReader:
        """See `GraphStore.open`.

        Raises:
            VersionNotLoadedError: the folder does not hold the version.
        """
        return EmbeddedReader(self._folder(version), version)

    def remove_passages(self, version: str, passage_ids: Collection[str]) -> Removed:
        """See `GraphStore.remove_passages`. Readers that are open go on seeing what they saw."""
        folder = self._folder(version)
        with self._locked(version):
            if not (folder / FILE).is_file():
                raise VersionNotLoadedError(f"Version {version} is not in {self._root}")
            changed = folder / f".{FILE}"
            shutil.copyfile(folder / FILE, changed)
            removed = embedded_write.remove_passages(changed, passage_ids)
            changed.replace(folder / FILE)
        return removed

    def versions(self) -> list[str]:
        """See `GraphStore.versions`."""
        if not self._root.is_dir():
            return []
        return sorted(p.name for p in self._root.iterdir() if _NAME.fullmatch(p.name))

    def remove_version(self, version: str) -> None:
        """See `GraphStore.remove_version`."""
        folder = self._folder(version)
        with self._locked(version):
            if folder.is_dir():
                # Renamed first: a folder half deleted must not look like a version.
                doomed = folder.rename(self._root / f".removed-{version}")
                shutil.rmtree(doomed)

    def close(self) -> None:
        """Holds nothing open."""

    def __exit__(self, *_: object) -> None:
        self.close()

    def _folder(self, version: str) -> Path:
        if not _NAME.fullmatch(version):
            raise GraphDataError(f"{version!r} is no version id: take letters, digits, - and .")
        return self._root / version

    @contextmanager
    def _locked(self, version: str) -> Iterator[None]:
        self._root.mkdir(parents=True, exist_ok=True)
        try:
            with FileLock(self._root / f".{version}.lock", timeout=0):
                yield
        except Timeout as error:
            raise LoadInProgressError(
                f"Another process is changing version {version} in {self._root}: wait for it to "
                "end, then run this again"
            ) from error
