"""The manifest of an index version: what it holds, and the hash of every file."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from rag.errors import IndexCorruptError, IndexFormatError, IndexUnavailableError
from rag.index.content import FORMAT_VERSION, ID_DIGITS
from rag.index.files import flush_file, flush_folder, sha256_file

MANIFEST = "manifest.json"
_SEAL = "manifest_sha256"

Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
VersionId = Annotated[str, StringConstraints(pattern=rf"^[0-9a-f]{{{ID_DIGITS}}}$")]
FilePath = Annotated[str, StringConstraints(pattern=r"^\w[\w.-]*(/\w[\w.-]*)*$")]
"""Relative, forward slashes; no part begins with a dot, so none leaves the folder."""


class _Record(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class FileRecord(_Record):
    """A file of the version: its size in bytes and the SHA-256 of its bytes."""

    size: int = Field(ge=0)
    sha256: Sha256


class SourceRecord(_Record):
    """A source of the version, and the SHA-256 of the document that it was read from."""

    id: str
    edition: str
    title: str
    sha256: str
    passages: int = Field(ge=0)


class EncoderRecord(_Record):
    """The encoder that made the vectors. `onnx`: its files are in the version's encoder/;
    `sentence-transformers`: it is opened by `model` and its hash compared; `given`: the program
    that built the version made it, and must bring it again."""

    kind: Literal["onnx", "sentence-transformers", "given"]
    model: str
    name: str
    sha256: Sha256
    dimensions: int = Field(ge=1)


class Counts(_Record):
    """How much the version holds."""

    sources: int = Field(ge=1)
    passages: int = Field(ge=1)
    sentences: int = Field(ge=0)


class Manifest(_Record):
    """Everything about a version that can be said without opening its other files."""

    format_version: int = FORMAT_VERSION
    id: VersionId
    content_sha256: Sha256
    built_at: dt.datetime
    chunker: str
    encoder: EncoderRecord
    counts: Counts
    sources: tuple[SourceRecord, ...]
    files: dict[FilePath, FileRecord]

    def to_bytes(self) -> bytes:
        """UTF-8 JSON with sorted keys, and a hash of itself, so that no byte can change unseen."""
        data = self.model_dump(mode="json")
        return _json({**data, _SEAL: _seal(data)})


def describe_files(folder: Path) -> dict[str, FileRecord]:
    """Size and hash of every file below `folder`; flushes each to the disk on the way."""
    records: dict[str, FileRecord] = {}
    for path in sorted(folder.rglob("*")):
        if path.is_dir():
            continue
        flush_file(path)
        name = path.relative_to(folder).as_posix()
        records[name] = FileRecord(size=path.stat().st_size, sha256=sha256_file(path))
    return records


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Writes the manifest, last of all files, and flushes the version's folders.

    Raises:
        OSError: it could not be written.
    """
    path = folder / MANIFEST
    path.write_bytes(manifest.to_bytes())
    flush_file(path)
    for inner in [path for path in folder.rglob("*") if path.is_dir()]:
        flush_folder(inner)
    flush_folder(folder)


def read_manifest(folder: Path) -> Manifest:
    """The manifest of the version in `folder`, checked against its own hash.

    Raises:
        IndexUnavailableError: there is no such version.
        IndexCorruptError: the manifest is missing, damaged, or of another version.
        IndexFormatError: a newer or older release wrote it.
    """
    if not folder.is_dir():
        raise IndexUnavailableError(
            f"Index version {folder.name} is not in {folder.parent}: `rag index list` shows what "
            "is, `rag build` builds one"
        )
    try:
        raw = (folder / MANIFEST).read_bytes()
        data: Any = json.loads(raw)
        seal = data.pop(_SEAL)
        if seal != _seal(data) or raw != _json({**data, _SEAL: seal}):
            raise ValueError("the manifest does not match its own hash")
    except OSError as error:
        raise _corrupt(folder, MANIFEST, str(error.strerror)) from error
    except (ValueError, LookupError, AttributeError, TypeError, RecursionError) as error:
        raise _corrupt(folder, MANIFEST, "it is not what was written") from error
    if data.get("format_version") != FORMAT_VERSION:
        raise IndexFormatError(
            f"Index version {folder.name} has format {data.get('format_version')}, this release "
            f"reads format {FORMAT_VERSION}: upgrade plumbline, or run `rag build`"
        )
    try:
        manifest = Manifest.model_validate(data)
    except ValidationError as error:
        raise _corrupt(folder, MANIFEST, "it is not what was written") from error
    if manifest.id != folder.name:
        raise _corrupt(folder, MANIFEST, f"it is the manifest of {manifest.id}")
    return manifest


def check_files(folder: Path, manifest: Manifest) -> None:
    """Compares size and SHA-256 of every file with the manifest.

    Raises:
        IndexCorruptError: names the first file that is missing or differs.
    """
    for name, record in manifest.files.items():
        path = folder / name
        try:
            size, sha256 = path.stat().st_size, sha256_file(path)
        except OSError as error:
            raise _corrupt(folder, name, str(error.strerror)) from error
        if (size, sha256) != (record.size, record.sha256):
            raise _corrupt(folder, name, "its bytes are not those that were written")


def _corrupt(folder: Path, name: str, reason: str) -> IndexCorruptError:
    return IndexCorruptError(
        f"Index version {folder.name} is damaged: {name}: {reason}. Run `rag index rollback` to "
        "go back to the version before, or `rag build` to build this one again"
    )


def _seal(data: dict[str, Any]) -> str:
    return hashlib.sha256(_json(data)).hexdigest()


def _json(data: dict[str, Any]) -> bytes:
    return (json.dumps(data, indent=1, sort_keys=True, ensure_ascii=True) + "\n").encode("ascii")
