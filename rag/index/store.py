"""The versions in an index folder: list, verify, activate, roll back, prune."""

from __future__ import annotations

import re
import shutil
from dataclasses import dataclass
from pathlib import Path

from rag.errors import IndexUnavailableError, NotFoundError
from rag.index.content import ID_DIGITS
from rag.index.files import build_errors, flush_folder
from rag.index.locks import build_lock, pointer_lock
from rag.index.manifest import Manifest, check_files, read_manifest
from rag.index.pointer import Pointer, read_pointer, write_pointer

VERSIONS = "versions"
_ID = re.compile(rf"[0-9a-f]{{{ID_DIGITS}}}")


@dataclass(frozen=True, slots=True)
class VersionState:
    """A version on the disk. `manifest` is None where it cannot be read; `problem` says why."""

    id: str
    active: bool
    manifest: Manifest | None
    problem: str = ""


class IndexStore:
    """The index folder: versions/ and CURRENT.

    >>> IndexStore(Path("indexes")).activate("0123456789abcdef")  # doctest: +SKIP
    """

    def __init__(self, index_dir: Path) -> None:
        self.index_dir = index_dir
        self.versions_dir = index_dir / VERSIONS

    def folder(self, version_id: str) -> Path:
        """The version's folder.

        Raises:
            NotFoundError: no version has this id.
        """
        path = self.versions_dir / version_id
        # The pattern first: an id never becomes a path out of the folder.
        if not _ID.fullmatch(version_id) or not path.is_dir():
            raise NotFoundError(
                f"No version {version_id!r} in {self.versions_dir}; `rag index list` shows the ids"
            )
        return path

    def active(self) -> str:
        """The id of the active version.

        Raises:
            IndexUnavailableError: none is active.
            IndexCorruptError: CURRENT cannot be read.
        """
        pointer = read_pointer(self.index_dir)
        if pointer is not None:
            return pointer.active
        if self.ids():
            raise IndexUnavailableError(
                f"No version in {self.index_dir} is active: run `rag index list`, then "
                "`rag index activate ID`, or `rag build`"
            )
        raise IndexUnavailableError(
            f"There is no index in {self.index_dir}: run `rag build` to build one"
        )

    def ids(self) -> list[str]:
        """Ids of all finished versions on the disk, sorted."""
        if not self.versions_dir.is_dir():
            return []
        return sorted(p.name for p in self.versions_dir.iterdir() if _ID.fullmatch(p.name))

    def versions(self) -> list[VersionState]:
        """Every version, newest first; one whose manifest cannot be read comes last, with why."""
        try:
            pointer = read_pointer(self.index_dir)
        except IndexUnavailableError:
            pointer = None
        active = pointer.active if pointer else None
        states = [self._state(version_id, active) for version_id in self.ids()]
        return sorted(states, key=_built_at, reverse=True)

    def manifest(self, version_id: str | None = None) -> Manifest:
        """The manifest of a version, or of the active one.

        Raises:
            NotFoundError: no version has this id.
            IndexUnavailableError: nothing is active, or the manifest is damaged or newer.
        """
        if version_id is None:
            return read_manifest(self.versions_dir / self.active())
        return read_manifest(self.folder(version_id))

    def verify(self, version_id: str | None = None) -> Manifest:
        """Hashes every file of a version, or of the active one, and compares.

        Raises:
            NotFoundError: no version has this id.
            IndexCorruptError: a file is missing or differs; the message names it.
            IndexFormatError: another release wrote it.
        """
        manifest = self.manifest(version_id)
        check_files(self.versions_dir / manifest.id, manifest)
        return manifest

    def activate(self, version_id: str) -> Manifest:
        """Verifies a version, then makes it the one that answers.

        Raises:
            NotFoundError, IndexCorruptError, IndexFormatError: as `verify`; nothing changes.
            BuildError: CURRENT could not be written; the old one stands.
        """
        manifest = self.verify(version_id)
        with pointer_lock(self.index_dir), build_errors(self.index_dir):
            try:
                pointer = read_pointer(self.index_dir) or Pointer(version_id)
            except IndexUnavailableError:
                pointer = Pointer(version_id)  # a damaged CURRENT is mended by being replaced
            write_pointer(self.index_dir, pointer.moved_to(version_id))
        return manifest

    def rollback(self) -> Manifest:
        """Makes the version that was active before the present one active again. The present one
        is forgotten, not deleted, so that rolling back twice goes back twice.

        Versions that are gone or damaged are passed over.

        Raises:
            IndexUnavailableError: no earlier version can be used.
        """
        if not self.index_dir.is_dir():
            self.active()  # raises: there is no index
        with pointer_lock(self.index_dir), build_errors(self.index_dir):
            pointer = read_pointer(self.index_dir)
            earlier = pointer.earlier if pointer else ()
            for position, version_id in enumerate(earlier):
                try:
                    manifest = self.verify(version_id)
                except (IndexUnavailableError, NotFoundError):
                    continue
                write_pointer(self.index_dir, Pointer(version_id, earlier[position + 1 :]))
                return manifest
        raise IndexUnavailableError(
            f"There is no earlier version in {self.index_dir} to go back to: `rag index list` "
            "shows what can be activated, `rag build` builds anew"
        )

    def prune(self, keep: int) -> list[str]:
        """Deletes all but `keep` versions, and returns the ids deleted. The active one and the
        one that a rollback would go to are always among those kept; then the newest.

        Raises:
            BuildInProgressError: a build is at work, which may be reading an old version.
            BuildError: a folder could not be deleted.
        """
        if not self.versions_dir.is_dir():
            return []
        with build_lock(self.index_dir), pointer_lock(self.index_dir):
            pointer = read_pointer(self.index_dir)
            there = [state.id for state in self.versions()]
            wanted = (pointer.active, *pointer.earlier) if pointer else ()
            first = [version_id for version_id in wanted if version_id in there][:2]
            ordered = [*first, *(version_id for version_id in there if version_id not in first)]
            gone = ordered[max(keep, len(first)) :]
            with build_errors(self.index_dir):
                for version_id in gone:
                    # Renamed first: a folder half deleted must not look like a version.
                    doomed = self.versions_dir / f".pruned-{version_id}"
                    self.folder(version_id).rename(doomed)
                    shutil.rmtree(doomed)
                flush_folder(self.versions_dir)
        return gone

    def _state(self, version_id: str, active: str | None) -> VersionState:
        try:
            manifest = read_manifest(self.versions_dir / version_id)
        except IndexUnavailableError as error:
            return VersionState(version_id, version_id == active, None, str(error))
        return VersionState(version_id, version_id == active, manifest)


def _built_at(state: VersionState) -> float:
    return state.manifest.built_at.timestamp() if state.manifest else 0.0
