"""The encoder of an index version: kept beside the vectors that it made, so the two agree."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Literal

from rag.encoders import open_encoder
from rag.encoders.base import Encoder
from rag.encoders.manifest import MANIFEST_NAME, read_manifest
from rag.encoders.onnx import OnnxEncoder
from rag.errors import EncoderError, IndexCorruptError, IndexUnavailableError, MissingExtraError
from rag.index.manifest import EncoderRecord
from rag.settings import EncoderSettings


def save_encoder(encoder: Encoder, model: str, folder: Path) -> EncoderRecord:
    """Copies an ONNX encoder's files into `folder`; of any other, the record names it.

    Args:
        model: the setting that opened it; empty for one that the caller made.

    Raises:
        OSError: a file could not be written.
    """
    if isinstance(encoder, OnnxEncoder):
        folder.mkdir()
        # Its own files only: a word changed in the model card must not make another version.
        for name in (MANIFEST_NAME, *sorted(read_manifest(encoder.folder).files)):
            shutil.copyfile(encoder.folder / name, folder / name)
        kind: Literal["onnx", "sentence-transformers", "given"] = "onnx"
    else:
        kind = "sentence-transformers" if model else "given"
    return EncoderRecord(
        kind=kind,
        model=model,
        name=encoder.name,
        sha256=encoder.sha256,
        dimensions=encoder.dimensions,
    )


def open_saved_encoder(
    folder: Path, record: EncoderRecord, threads: int, given: Encoder | None = None
) -> Encoder:
    """The encoder that made a version's vectors: `given`, when that is the one.

    Raises:
        IndexCorruptError: the files in `folder` are of another encoder.
        IndexUnavailableError: the model that the record names cannot be opened here, or it is
            not the one that made the vectors.
    """
    if given is not None and given.sha256 == record.sha256:
        return given
    try:
        if record.kind == "given":
            raise EncoderError("a program made it: open the index with that encoder once more")
        if record.kind == "onnx":
            encoder: Encoder = OnnxEncoder(folder, threads)
        else:
            encoder = open_encoder(EncoderSettings(model=record.model, threads=threads))
    except (EncoderError, MissingExtraError) as error:
        raise IndexUnavailableError(
            f"The index was built with the encoder {record.name}, which cannot be opened: {error}"
        ) from error
    if encoder.sha256 != record.sha256:
        kind = IndexCorruptError if record.kind == "onnx" else IndexUnavailableError
        raise kind(
            f"The index was built with the encoder {record.name} ({record.sha256[:12]}), but the "
            f"one here is {encoder.name} ({encoder.sha256[:12]}): run `rag build`"
        )
    return encoder
