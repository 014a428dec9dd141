from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from rag.encoders import DEFAULT_FOLDER
from rag.encoders.manifest import MANIFEST_NAME, MODEL_NAME, TOKENIZER_NAME
from rag.encoders.onnx import OnnxEncoder
from rag.errors import EncoderError


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the shipped encoder that a test may damage."""
    return Path(shutil.copytree(DEFAULT_FOLDER, tmp_path / "encoder"))


def rewrite(folder: Path, **changes: object) -> None:
    path = folder / MANIFEST_NAME
    path.write_text(json.dumps(json.loads(path.read_text()) | changes))


def test_a_copy_is_the_same_encoder(folder: Path, encoder: OnnxEncoder) -> None:
    copy = OnnxEncoder(folder, threads=1)
    assert copy.sha256 == encoder.sha256
    assert copy.encode(["a"]).tobytes() == encoder.encode(["a"]).tobytes()


@pytest.mark.parametrize("name", [MODEL_NAME, TOKENIZER_NAME])
def test_one_flipped_bit_is_refused(folder: Path, name: str) -> None:
    path = folder / name
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    with pytest.raises(EncoderError, match=f"{name} is not the file that its manifest names"):
        OnnxEncoder(folder, threads=1)


@pytest.mark.parametrize("name", [MODEL_NAME, TOKENIZER_NAME, MANIFEST_NAME])
def test_a_missing_file_is_named(folder: Path, name: str) -> None:
    (folder / name).unlink()
    with pytest.raises(EncoderError, match=f"Cannot read .*{name}"):
        OnnxEncoder(folder, threads=1)


@pytest.mark.parametrize(
    "changes",
    [
        {"format": 2},
        {"dimensions": 0},
        {"surprise": True},
        {"pooling": "cls"},
        {"files": {"../model.onnx": "0" * 64, TOKENIZER_NAME: "0" * 64}},
        {"files": {}},
    ],
)
def test_a_manifest_of_another_form_is_refused(folder: Path, changes: dict[str, object]) -> None:
    rewrite(folder, **changes)
    with pytest.raises(EncoderError, match="Install the package again"):
        OnnxEncoder(folder, threads=1)


def test_a_manifest_that_is_no_json_is_refused(folder: Path) -> None:
    (folder / MANIFEST_NAME).write_bytes(b"\xff\x00{")
    with pytest.raises(EncoderError, match=MANIFEST_NAME):
        OnnxEncoder(folder, threads=1)


def test_another_name_is_another_encoder(folder: Path, encoder: OnnxEncoder) -> None:
    rewrite(folder, name="renamed")
    assert OnnxEncoder(folder, threads=1).sha256 != encoder.sha256


def test_hashed_bytes_that_are_no_model_are_refused(folder: Path) -> None:
    import hashlib

    (folder / MODEL_NAME).write_bytes(b"not a model")
    files = json.loads((folder / MANIFEST_NAME).read_text())["files"]
    rewrite(folder, files=files | {MODEL_NAME: hashlib.sha256(b"not a model").hexdigest()})
    with pytest.raises(EncoderError, match="cannot be loaded"):
        OnnxEncoder(folder, threads=1)
