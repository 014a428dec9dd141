"""Finds the documents to build from, reads them, and cuts them into passages."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from rag.errors import DocumentError
from rag.index.asked import SUFFIX as QUESTIONS
from rag.index.asked import with_questions
from rag.index.cut_cache import CutCache
from rag.model import Document, Passage, Source
from rag.settings import IngestSettings

SIDE_CAR = ".toml"
"""`NAME.pdf.toml` holds the front matter of `NAME.pdf`; it is no document of its own."""
_NO_PUBLISHER = (
    "nothing in it says who publishes it, so nobody could judge what it is worth: write "
    'publisher = "..." into {side_car} beside it, or build with --allow-unknown'
)


@dataclass(slots=True)
class Quarantine:
    """Documents that were left out, each with the reason, in the order met."""

    found: list[tuple[str, str]] = field(default_factory=list)

    def add(self, path: str, reason: str) -> None:
        """Leaves out the document at `path`; `reason` need not name it again."""
        self.found.append((path, reason.removeprefix(f"{path}: ")))


def find_documents(paths: Iterable[Path], quarantine: Quarantine) -> list[Path]:
    """The files at and below `paths`, sorted within each folder, each once.

    Hidden files, side-cars and tables of questions are passed over. Links inside a folder are not
    followed: one that points within the folder is met anyway, one that points out of it is
    quarantined.
    """
    found: dict[Path, Path] = {}
    for path in paths:
        if path.is_dir():
            for file in _below(path, quarantine):
                found.setdefault(file.resolve(), file)
        elif path.is_file():
            found.setdefault(path.resolve(), path)
        else:
            quarantine.add(str(path), "there is no such file or folder")
    return list(found.values())


def read_documents(
    files: Sequence[Path],
    settings: IngestSettings,
    quarantine: Quarantine,
    done: Callable[[int], None],
    *,
    allow_unknown: bool,
    cache: CutCache | None = None,
) -> Iterator[tuple[str, Document]]:
    """Path and parsed document of every file that can be parsed and, unless `allow_unknown`,
    says who publishes it. A document that `cache` knows is not parsed, and has no blocks."""
    from rag.ingest import parse

    for file in files:
        try:
            document = (cache.document(file) if cache else None) or parse(file, settings)
        except DocumentError as error:
            quarantine.add(str(file), str(error))
        else:
            if document.source.publisher or allow_unknown:
                yield str(file), document
            else:
                quarantine.add(str(file), _NO_PUBLISHER.format(side_car=file.name + SIDE_CAR))
        done(1)


def cut_passages(
    documents: Iterable[tuple[str, Document]],
    count_tokens: Callable[[str], int],
    settings: IngestSettings,
    quarantine: Quarantine,
    cache: CutCache | None = None,
    *,
    on_disk: bool = False,
) -> list[tuple[Source, tuple[Passage, ...]]]:
    """Source and passages of every document. The first of two with one id and edition stays.

    `on_disk`: the documents' names are paths of files, which may have questions beside them.
    """
    from rag.ingest.chunking import passages

    kept: list[tuple[Source, tuple[Passage, ...]]] = []
    first: dict[tuple[str, str], str] = {}
    for path, document in documents:
        source = document.source
        key = (source.id, source.edition)
        if key in first:
            quarantine.add(
                path,
                f"{first[key]} has the same id {source.id!r} and edition {source.edition!r}: "
                "give one of them another id or edition",
            )
            continue
        first[key] = path
        try:
            known = cache.passages(path) if cache else None
            cut = passages(document, count_tokens, settings) if known is None else known
            asked = with_questions(Path(path), cut) if on_disk else cut
        except DocumentError as error:
            quarantine.add(path, str(error))
            continue
        if cut:
            kept.append((source, asked))
            if cache and known is None:
                cache.keep(path, document, cut)
        else:
            quarantine.add(path, "no sentence of running text was found in it")
    return kept


def _below(folder: Path, quarantine: Quarantine) -> Iterator[Path]:
    root = folder.resolve()

    def unreadable(error: OSError) -> None:
        quarantine.add(str(error.filename), f"the folder cannot be read: {error.strerror}")

    for parent, folders, files in os.walk(folder, onerror=unreadable):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        links = [name for name in folders if (Path(parent) / name).is_symlink()]
        for name in sorted([*files, *links]):
            path = Path(parent) / name
            if name.startswith("."):
                continue
            if path.is_symlink():
                if not path.resolve().is_relative_to(root):
                    quarantine.add(str(path), "it is a link that leaves the folder")
            elif not name.lower().endswith((SIDE_CAR, QUESTIONS)):
                yield path
