"""The trained groundedness model: a small cross-encoder, run on the CPU without torch."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal

import numpy as np
import onnxruntime as ort
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from tokenizers import Tokenizer

from rag.encoders.text import valid_unicode
from rag.encoders.tokenizer import open_tokenizer
from rag.errors import VerifierError

DEFAULT_FOLDER = Path(__file__).parent / "weights" / "minilm-groundedness-int8"
MANIFEST_NAME = "manifest.json"
MODEL_NAME = "model.onnx"
TOKENIZER_NAME = "tokenizer.json"

_REPAIR = "Install the package again."
_CACHED_TEXTS = 4096
_WORST = 3  # word pieces


@dataclass(frozen=True, slots=True)
class Reading:
    """What one run says of a sentence, as logits: whether the evidence supports it, and whether
    its word pieces lack support, as the mean over all and over the three that lack it most."""

    supported: float
    wrong: float
    worst: float


NOTHING = Reading(-5.0, 5.0, 5.0)  # of an empty sentence, or from an empty evidence


class CrossEncoderManifest(BaseModel):
    """The manifest of a cross-encoder. `files` maps each file name to its SHA-256 in hex.

    The graph takes `input_ids` and `token_type_ids`, int64 of shape (1, tokens), and
    `sentence_end`, int64 of shape (1,), and gives two float32 tensors: `logit` of shape (1, 1), and
    `wrong` of shape (1, word pieces of the sentence, 1).
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    format: Literal[2] = 2
    name: str = Field(min_length=1)
    max_tokens: int = Field(gt=8, description="Word pieces of a pair, special tokens included.")
    max_sentence_tokens: int = Field(gt=0, description="Word pieces of the sentence.")
    files: dict[str, str]

    @property
    def sha256(self) -> str:
        """Hash over all that decides a score: this manifest, which pins every file."""
        canonical = json.dumps(self.model_dump(), sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(canonical.encode("utf-8")).hexdigest()


class CrossEncoderModel:
    """Says how far a text supports a sentence and each of its words, by reading both together.

    One pair per run of the model: nothing is padded, so a score never depends on the company it
    is computed in. Safe to call from several threads.

    Raises:
        VerifierError: a file of `folder` is missing, changed or not loadable.

    >>> model = CrossEncoderModel(DEFAULT_FOLDER, threads=2)  # doctest: +SKIP
    >>> model.read("Sleep helps memory.", ["Good sleep helps your memory."])  # doctest: +SKIP
    """

    def __init__(self, folder: Path, threads: int) -> None:
        manifest = _read_manifest(folder)
        self.name = manifest.name
        self.sha256 = manifest.sha256
        _read_checked(folder, MODEL_NAME, manifest)
        vocabulary = _read_checked(folder, TOKENIZER_NAME, manifest)
        options = ort.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        options.log_severity_level = 3
        # Idle threads wait busily within a run, a fifth faster, and not between two questions.
        options.add_session_config_entry("session.force_spinning_stop", "1")
        try:
            # By its path: the session would keep the bytes that it is given, beside the weights.
            self._session = ort.InferenceSession(
                str(folder / MODEL_NAME), options, providers=["CPUExecutionProvider"]
            )
            tokenizer = open_tokenizer(vocabulary)
        except Exception as error:  # both libraries raise bare Exception subclasses
            raise VerifierError(
                f"{folder} cannot be loaded: {error}. Upgrade onnxruntime and tokenizers to the "
                "versions that this release asks for."
            ) from error
        self._max_tokens = manifest.max_tokens
        self._max_sentence_tokens = manifest.max_sentence_tokens
        self._first, self._last = (_special(tokenizer, mark) for mark in ("[CLS]", "[SEP]"))
        self._tokens = lru_cache(maxsize=_CACHED_TEXTS)(
            lambda text: tuple(tokenizer.encode(valid_unicode(text), add_special_tokens=False).ids)
        )

    def room(self, sentence: str) -> int:
        """Word pieces of evidence that fit beside the sentence in one run."""
        used = min(len(self._tokens(sentence)), self._max_sentence_tokens)
        return self._max_tokens - 3 - used

    def count_tokens(self, text: str) -> int:
        """Word pieces in `text`."""
        return len(self._tokens(text))

    def read(self, sentence: str, evidence: Sequence[str]) -> Reading:
        """One run over sentence and evidence; what does not fit is cut at the end."""
        left = self._tokens(sentence)[: self._max_sentence_tokens]
        right = [token for text in evidence for token in self._tokens(text)][: self.room(sentence)]
        if not left or not right:
            return NOTHING
        ids = [self._first, *left, self._last, *right, self._last]
        types = [0] * (len(left) + 2) + [1] * (len(right) + 1)
        logit, wrong = self._session.run(
            ["logit", "wrong"],
            {
                "input_ids": np.array([ids], dtype=np.int64),
                "token_type_ids": np.array([types], dtype=np.int64),
                "sentence_end": np.array([1 + len(left)], dtype=np.int64),
            },
        )
        worst = np.sort(wrong.ravel())[-_WORST:]
        return Reading(float(logit[0, 0]), float(wrong.mean()), float(worst.mean()))


def _special(tokenizer: Tokenizer, mark: str) -> int:
    token = tokenizer.token_to_id(mark)
    if token is None:
        raise VerifierError(f"The tokeniser of the groundedness model lacks {mark}. {_REPAIR}")
    return int(token)


def _read_manifest(folder: Path) -> CrossEncoderManifest:
    path = folder / MANIFEST_NAME
    try:
        manifest = CrossEncoderManifest.model_validate_json(path.read_bytes())
    except OSError as error:
        raise VerifierError(f"Cannot read {path}: {error.strerror}. {_REPAIR}") from error
    except ValidationError as error:
        raise VerifierError(
            f"{path} is not a cross-encoder manifest of this release. {_REPAIR}"
        ) from error
    if set(manifest.files) != {MODEL_NAME, TOKENIZER_NAME}:
        raise VerifierError(f"{path} must list {MODEL_NAME} and {TOKENIZER_NAME}. {_REPAIR}")
    return manifest


def _read_checked(folder: Path, name: str, manifest: CrossEncoderManifest) -> bytes:
    """The bytes of one file, only if their SHA-256 is the manifest's."""
    path = folder / name
    try:
        content = path.read_bytes()
    except OSError as error:
        raise VerifierError(f"Cannot read {path}: {error.strerror}. {_REPAIR}") from error
    if hashlib.sha256(content).hexdigest() != manifest.files[name]:
        raise VerifierError(f"{path} is not the file that its manifest names. {_REPAIR}")
    return content
