"""An index that was changed after it was built is refused, before any library reads it."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from rag.encoders import DEFAULT_FOLDER
from rag.errors import IndexCorruptError, IndexFormatError, IndexUnavailableError
from rag.index.version import IndexVersion

FILES = [
    "manifest.json",
    "passages.sqlite",
    "vectors.faiss",
    "asked.faiss",
    "sentences.npy",
    "lexical/data.csc.index.npy",
    "lexical/indices.csc.index.npy",
    "lexical/indptr.csc.index.npy",
    "lexical/params.index.json",
    "lexical/vocab.index.json",
    "encoder/manifest.json",
    "encoder/model.onnx",
    "encoder/tokenizer.json",
    "graph/graph.sqlite",
    "graph/names.tsv",
    "graph/phrases.npy",
    "graph/phrases.tsv",
    "graph/read-by.sha256",
    "graph/words.txt",
]


@pytest.fixture(scope="module")
def shared(built_index: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the session's index that tests may change and must mend."""
    index_dir = tmp_path_factory.mktemp("damage") / "indexes"
    shutil.copytree(built_index, index_dir)
    return index_dir


@pytest.fixture
def folder(shared: Path) -> Iterator[Path]:
    """The version's folder; what a test changes in it is put back afterwards."""
    (path,) = [p for p in (shared / "versions").iterdir() if not p.name.startswith(".")]
    before = {file: file.read_bytes() for file in path.rglob("*") if file.is_file()}
    yield path
    for file, content in before.items():
        if not file.is_file() or file.read_bytes() != content:
            file.write_bytes(content)


def open_version(folder: Path) -> IndexVersion:
    return IndexVersion.open(folder.parent.parent)


def reseal(folder: Path, change: Callable[[dict[str, Any]], None]) -> None:
    """Rewrites the manifest as indexes/README.md says, with hashes that hold."""
    data = json.loads((folder / "manifest.json").read_text())
    del data["manifest_sha256"]
    for name in data["files"]:
        content = (folder / name).read_bytes()
        data["files"][name] = {
            "sha256": hashlib.sha256(content).hexdigest(),
            "size": len(content),
        }
    change(data)
    plain = json.dumps(data, indent=1, sort_keys=True) + "\n"
    data["manifest_sha256"] = hashlib.sha256(plain.encode()).hexdigest()
    (folder / "manifest.json").write_text(json.dumps(data, indent=1, sort_keys=True) + "\n")


def test_the_list_of_files_is_complete(folder: Path) -> None:
    found = {file.relative_to(folder).as_posix() for file in folder.rglob("*") if file.is_file()}
    assert found == set(FILES)


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("place", ["first", "middle", "last"])
def test_one_flipped_bit_is_found_and_named(folder: Path, name: str, place: str) -> None:
    path = folder / name
    with path.open("r+b") as stream:
        size = path.stat().st_size
        at = {"first": 0, "middle": size // 2, "last": size - 1}[place]
        stream.seek(at)
        (byte,) = stream.read(1)
        stream.seek(at)
        stream.write(bytes([byte ^ 1]))
    with pytest.raises(IndexCorruptError) as caught:
        open_version(folder)
    message = str(caught.value)
    assert name in message
    assert "rag index rollback" in message
    assert "rag build" in message
    assert caught.value.exit_code == 3


@pytest.mark.parametrize("name", FILES)
def test_a_missing_file_is_named(folder: Path, name: str) -> None:
    (folder / name).unlink()
    with pytest.raises(IndexCorruptError, match=name):
        open_version(folder)


def test_no_bit_of_the_manifest_can_change_unseen(folder: Path) -> None:
    path = folder / "manifest.json"
    sound = path.read_bytes()
    for at in range(0, len(sound), 5):
        path.write_bytes(sound[:at] + bytes([sound[at] ^ 1]) + sound[at + 1 :])
        with pytest.raises(IndexUnavailableError):
            open_version(folder)


@pytest.mark.parametrize(
    "content", [b"", b"null", b"[]", b"{}", b'"text"', b"\xff", b"[" * 100_000, b"{\n}"]
)
def test_a_manifest_that_is_none(folder: Path, content: bytes) -> None:
    (folder / "manifest.json").write_bytes(content)
    with pytest.raises(IndexCorruptError, match=r"manifest\.json"):
        open_version(folder)


def test_a_newer_format_says_upgrade(folder: Path) -> None:
    reseal(folder, lambda data: data.update(format_version=99, something_new=True))
    with pytest.raises(IndexFormatError, match="upgrade") as caught:
        open_version(folder)
    assert caught.value.exit_code == 3


def test_another_encoder_in_the_folder_is_refused(folder: Path) -> None:
    manifest = json.loads((DEFAULT_FOLDER / "manifest.json").read_text())
    (folder / "encoder/manifest.json").write_text(json.dumps({**manifest, "name": "another"}))
    reseal(folder, lambda data: None)
    with pytest.raises(IndexCorruptError, match="another"):
        open_version(folder)


def test_a_manifest_of_another_version_is_refused(folder: Path) -> None:
    reseal(folder, lambda data: data.update(id="0" * 16))
    with pytest.raises(IndexCorruptError, match="0" * 16):
        open_version(folder)


@pytest.mark.parametrize("name", ["../outside", "/etc/passwd", "a/../../b", "", ".", "a//b"])
def test_a_manifest_cannot_point_out_of_its_folder(folder: Path, name: str) -> None:
    def add(data: dict[str, Any]) -> None:
        data["files"][name] = {"sha256": "0" * 64, "size": 0}

    reseal(folder, add)
    with pytest.raises(IndexCorruptError, match=r"manifest\.json"):
        open_version(folder)


def test_a_resealed_manifest_is_otherwise_accepted(folder: Path) -> None:
    """Guards the tests above: what they catch is their own change, not the resealing."""
    reseal(folder, lambda data: None)
    open_version(folder).close()
