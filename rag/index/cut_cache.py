"""What documents were cut into the last time, so that a build reads only those that changed.

One SQLite file in the index folder. An entry is found by a digest of the document's name and bytes,
its side-car, the sizes asked for, the encoder, and the code and libraries that read documents, so
that it can only be what reading the document again would give. It may be deleted at any time.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from contextlib import closing, suppress
from importlib.metadata import version
from pathlib import Path

from pydantic import TypeAdapter

from rag.index.files import sha256_file
from rag.model import Document, Passage
from rag.settings import IngestSettings

CUTS = "cuts.sqlite"
_ROOM = Path(__file__).resolve().parents[1]
_CODE = ("sentences.py", "model.py", "index/documents.py", "index/cut_cache.py")
_LIBRARIES = ("markdown-it-py", "pypdfium2", "trafilatura", "lxml", "python-docx", "PyYAML")
_SCHEMA = "CREATE TABLE IF NOT EXISTS cuts (key TEXT PRIMARY KEY, sha256 TEXT, data BLOB) STRICT"
_ENTRY = TypeAdapter(tuple[Document, tuple[Passage, ...]])
_SIDE_CAR = ".toml"


class CutCache:
    """The cuts of one build. `save` keeps what the build used, and forgets the rest."""

    def __init__(self, index_dir: Path, settings: IngestSettings, encoder_sha256: str) -> None:
        """A file that cannot be read counts as empty."""
        self._path = index_dir / CUTS
        self._base = _fingerprint(settings, encoder_sha256)
        self._most_bytes = settings.max_file_mib * 1024 * 1024
        self._keys: dict[str, str] = {}  # by path
        self._cuts: dict[str, tuple[Passage, ...]] = {}
        self._used: dict[str, tuple[str, bytes]] = {}
        self._rows: dict[str, tuple[str, bytes]] = {}
        if self._path.is_file():
            with suppress(sqlite3.Error), closing(_read_only(self._path)) as database:
                rows = database.execute("SELECT key, sha256, data FROM cuts")
                self._rows = {key: (sha256, data) for key, sha256, data in rows}

    def document(self, path: Path) -> Document | None:
        """The document, without its blocks, if it was cut before just as it is now."""
        try:
            # A pipe must not be opened, nor a file hashed that is too large to be read.
            if not path.is_file() or path.stat().st_size > self._most_bytes:
                return None
            key = self._keys[str(path)] = self._key(path)
        except OSError:
            return None
        sha256, data = self._rows.get(key, ("", b""))
        if not data or _digest(data) != sha256:
            return None
        document, self._cuts[str(path)] = _ENTRY.validate_json(data)
        self._used[key] = (sha256, data)
        return document

    def passages(self, path: str) -> tuple[Passage, ...] | None:
        """What the document at `path` was cut into; None if it has to be cut now."""
        return self._cuts.get(path)

    def keep(self, path: str, document: Document, cut: tuple[Passage, ...]) -> None:
        """Remembers what a document was cut into."""
        if key := self._keys.get(path):
            bare = Document(document.source, (), document.warnings)
            data = _ENTRY.dump_json((bare, cut))
            self._used[key] = (_digest(data), data)

    def save(self) -> None:
        """Writes what was used. Nothing depends on its success, so a failure is no error."""
        rows = [(key, sha256, data) for key, (sha256, data) in self._used.items()]
        beside = self._path.with_name(f".{CUTS}")
        with suppress(sqlite3.Error, OSError):
            beside.unlink(missing_ok=True)
            with closing(sqlite3.connect(beside)) as database, database:
                database.execute(_SCHEMA)
                database.executemany("INSERT INTO cuts VALUES (?, ?, ?)", rows)
            beside.replace(self._path)

    def _key(self, path: Path) -> str:
        side_car = path.with_name(path.name + _SIDE_CAR)
        beside = sha256_file(side_car) if side_car.is_file() else ""
        return _digest(json.dumps([self._base, path.name, sha256_file(path), beside]).encode())


def _read_only(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro&immutable=1", uri=True)


def _fingerprint(settings: IngestSettings, encoder_sha256: str) -> str:
    """Changes whenever the same document might be cut in another way."""
    ingest = [p for p in (_ROOM / "ingest").rglob("*") if p.is_file() and p.suffix != ".pyc"]
    code = [sha256_file(path) for path in sorted([*ingest, *(_ROOM / name for name in _CODE)])]
    libraries = [version(name) for name in _LIBRARIES]
    return _digest(
        json.dumps([settings.model_dump(mode="json"), encoder_sha256, libraries, code]).encode()
    )


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
