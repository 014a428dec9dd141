"""What an encoder's folder holds, and the check that it still holds exactly that."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from rag.errors import EncoderError

MANIFEST_NAME = "manifest.json"
MODEL_NAME = "model.onnx"
TOKENIZER_NAME = "tokenizer.json"

_REPAIR = "Install the package again, or build the index again if the folder belongs to one."


class EncoderManifest(BaseModel):
    """The manifest of an ONNX encoder. `files` maps each file name to its SHA-256 in hex.

    The graph takes `input_ids`, int64 of shape (1, tokens), and gives `vector`, float32 of shape
    (1, dimensions) and unit length: pooling and normalisation are inside it.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    format: Literal[1] = 1
    name: str = Field(min_length=1)
    dimensions: int = Field(gt=0)
    max_tokens: int = Field(gt=2, description="Word pieces, special tokens included.")
    pooling: Literal["mean"] = "mean"
    files: dict[str, str]

    @property
    def sha256(self) -> str:
        """Hash over all that decides the vectors: this manifest, which pins every file."""
        canonical = json.dumps(self.model_dump(), sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(canonical.encode("utf-8")).hexdigest()


def read_manifest(folder: Path) -> EncoderManifest:
    """The manifest in `folder`. Raises EncoderError when it is missing or not well formed."""
    path = folder / MANIFEST_NAME
    try:
        manifest = EncoderManifest.model_validate_json(path.read_bytes())
    except OSError as error:
        raise EncoderError(f"Cannot read {path}: {error.strerror}. {_REPAIR}") from error
    except ValidationError as error:
        raise EncoderError(
            f"{path} is not an encoder manifest of this release. {_REPAIR}"
        ) from error
    if set(manifest.files) != {MODEL_NAME, TOKENIZER_NAME}:
        raise EncoderError(f"{path} must list {MODEL_NAME} and {TOKENIZER_NAME}. {_REPAIR}")
    return manifest


def read_checked(folder: Path, name: str, manifest: EncoderManifest) -> bytes:
    """The bytes of one file, only if their SHA-256 is the manifest's."""
    path = folder / name
    try:
        content = path.read_bytes()
    except OSError as error:
        raise EncoderError(f"Cannot read {path}: {error.strerror}. {_REPAIR}") from error
    if hashlib.sha256(content).hexdigest() != manifest.files[name]:
        raise EncoderError(f"{path} is not the file that its manifest names. {_REPAIR}")
    return content


def checked(folder: Path, name: str, manifest: EncoderManifest) -> Path:
    """The path of one file, only if the SHA-256 of its bytes is the manifest's.

    For a model: onnxruntime keeps the bytes that it is given as long as the session lives, beside
    what it has made of them, and nothing of a file that it opens itself.
    """
    read_checked(folder, name, manifest)
    return folder / name
