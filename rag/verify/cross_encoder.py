"""The trained groundedness model: a small cross-encoder, run on the CPU without torch."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Literal

import numpy as np
import numpy.typing as npt
import onnxruntime as ort
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from tokenizers import Tokenizer

from rag.encoders.text import valid_unicode
from rag.errors import VerifierError
from rag.sentences import sentence_spans
from rag.verify.windows import Unit, best_units, overlapping
from rag.verify.words import content_stems

DEFAULT_FOLDER = Path(__file__).parent / "weights" / "minilm-groundedness-int8"
MANIFEST_NAME = "manifest.json"
MODEL_NAME = "model.onnx"
TOKENIZER_NAME = "tokenizer.json"

_REPAIR = "Install the package again."
_CACHED_TEXTS = 4096
# A window holds what the claim's words point at; of a book-length evidence only this many are read.
_MOST_WINDOWS = 8


class CrossEncoderManifest(BaseModel):
    """The manifest of a cross-encoder. `files` maps each file name to its SHA-256 in hex.

    The graph takes `input_ids` and `token_type_ids`, int64 of shape (1, tokens), and
    `sentence_end`, int64 of shape (1,), and gives `logit`, float32 of shape (1, 1).
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    format: Literal[1] = 1
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
    """Says how far a text supports a sentence, by reading both together.

    One pair per run of the model: nothing is padded, so a score never depends on the company it
    is computed in. Safe to call from several threads.

    Raises:
        VerifierError: a file of `folder` is missing, changed or not loadable.

    >>> model = CrossEncoderModel(DEFAULT_FOLDER, threads=2)  # doctest: +SKIP
    >>> model.score("Sleep helps memory.", ["Good sleep helps your memory."])  # doctest: +SKIP
    """

    def __init__(self, folder: Path, threads: int) -> None:
        manifest = _read_manifest(folder)
        self.name = manifest.name
        self.sha256 = manifest.sha256
        model, vocabulary = (
            _read_checked(folder, name, manifest) for name in (MODEL_NAME, TOKENIZER_NAME)
        )
        options = ort.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        options.log_severity_level = 3
        # Between two questions idle threads must not keep the processor busy.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        try:
            self._session = ort.InferenceSession(model, options, providers=["CPUExecutionProvider"])
            tokenizer = Tokenizer.from_buffer(vocabulary)
        except Exception as error:  # both libraries raise bare Exception subclasses
            raise VerifierError(
                f"{folder} cannot be loaded: {error}. Upgrade onnxruntime and tokenizers to the "
                "versions that this release asks for."
            ) from error
        tokenizer.no_truncation()
        tokenizer.no_padding()
        self._max_tokens = manifest.max_tokens
        self._max_sentence_tokens = manifest.max_sentence_tokens
        self._first, self._last = (_special(tokenizer, mark) for mark in ("[CLS]", "[SEP]"))
        self._tokens = lru_cache(maxsize=_CACHED_TEXTS)(
            lambda text: tuple(tokenizer.encode(valid_unicode(text), add_special_tokens=False).ids)
        )

    def score(self, sentence: str, passages: Sequence[str]) -> float:
        """Support in 0..1, not calibrated: the highest over the readings of the passages."""
        found = self.readings(sentence, passages)
        return 1.0 / (1.0 + math.exp(-float(found.max()))) if len(found) else 0.0

    def readings(self, sentence: str, passages: Sequence[str]) -> npt.NDArray[np.float32]:
        """Logits: of all passages as one text, or of what fits of it, then of its windows.

        Evidence that fits in one run gives one logit. Longer evidence gives that of the sentences
        that share most with the claim, and those of overlapping windows, the likeliest ones if
        there are many. Empty where the sentence or the passages hold no word.
        """
        texts = [p[start:end] for p in passages for start, end in sentence_spans(p)]
        if not self._tokens(sentence) or not texts:
            return np.empty(0, dtype=np.float32)
        room = self.room(sentence)
        units = [Unit(len(self._tokens(t)), frozenset(content_stems(t))) for t in texts]
        if sum(unit.tokens for unit in units) <= room:
            return np.array([self.logit(sentence, texts)])
        wanted = content_stems(sentence)
        spans = sorted(
            overlapping(units, room),
            key=lambda span: -len(set(wanted) & {s for u in units[slice(*span)] for s in u.stems}),
        )[:_MOST_WINDOWS]
        parts = [[texts[i] for i in best_units(wanted, units, room)]]
        parts += [texts[slice(*span)] for span in spans]
        return np.array([self.logit(sentence, part) for part in parts])

    def room(self, sentence: str) -> int:
        """Word pieces of evidence that fit beside the sentence in one run."""
        used = min(len(self._tokens(sentence)), self._max_sentence_tokens)
        return self._max_tokens - 3 - used

    def count_tokens(self, text: str) -> int:
        """Word pieces in `text`."""
        return len(self._tokens(text))

    def logit(self, sentence: str, evidence: Sequence[str]) -> np.float32:
        """One run over sentence and evidence; what does not fit is cut at the end."""
        left = self._tokens(sentence)[: self._max_sentence_tokens]
        right = [token for text in evidence for token in self._tokens(text)][: self.room(sentence)]
        ids = [self._first, *left, self._last, *right, self._last]
        types = [0] * (len(left) + 2) + [1] * (len(right) + 1)
        (logit,) = self._session.run(
            None,
            {
                "input_ids": np.array([ids], dtype=np.int64),
                "token_type_ids": np.array([types], dtype=np.int64),
                "sentence_end": np.array([1 + len(left)], dtype=np.int64),
            },
        )
        return np.float32(logit[0, 0])


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
