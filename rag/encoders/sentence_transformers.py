"""Any model that the user names, through sentence-transformers (extra `models`)."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence

import numpy as np

from rag.encoders.base import Vectors
from rag.encoders.text import valid_unicode
from rag.errors import EncoderError, MissingExtraError


class SentenceTransformersEncoder:
    """A sentence-transformers model on the CPU, in float32.

    Texts are encoded one at a time, unpadded, so that a vector never depends on the company it is
    computed in. `threads` sets torch's number of threads, which torch keeps for the whole process.

    Only safetensors weights are loaded (older formats are pickles), and no code of the model's
    own is run.

    Raises:
        EncoderError: `model` is no folder or known name, or it cannot be loaded safely.
        MissingExtraError: sentence-transformers is not installed.

    >>> encoder = SentenceTransformersEncoder("intfloat/e5-small-v2", threads=2)  # doctest: +SKIP
    """

    def __init__(self, model: str, threads: int) -> None:
        try:
            import torch
            from sentence_transformers import SentenceTransformer
        except ImportError as error:
            raise MissingExtraError(
                f"The encoder '{model}' needs sentence-transformers. Run: "
                "pip install 'plumbline[models]', or set RAG_ENCODER__MODEL=default."
            ) from error
        torch.set_num_threads(threads)
        try:
            self._model = SentenceTransformer(
                model,
                device="cpu",
                trust_remote_code=False,
                model_kwargs={"use_safetensors": True},
            ).float()
            self.dimensions = len(self._model.encode("", show_progress_bar=False))
        except Exception as error:  # the libraries below raise no common type
            reason = str(error).rstrip(".")
            raise EncoderError(
                f"sentence-transformers cannot load '{model}': {reason}. Name a folder or a model "
                "with safetensors weights; when offline, one that is already downloaded."
            ) from error
        self.name = model
        self.max_tokens = int(self._model.max_seq_length or self._model.tokenizer.model_max_length)
        self.sha256 = self._fingerprint()

    def encode(
        self, texts: Sequence[str], *, progress: Callable[[int], None] | None = None
    ) -> Vectors:
        """Unit vectors, float32 of shape (len(texts), dimensions). Longer texts are cut."""
        vectors = np.empty((len(texts), self.dimensions), dtype=np.float32)
        for row, text in enumerate(texts):
            vectors[row] = self._model.encode(
                [valid_unicode(text)], normalize_embeddings=True, show_progress_bar=False
            )[0]
            if progress:
                progress(1)
        return vectors

    def count_tokens(self, text: str) -> int:
        """Word pieces in `text`, special tokens left out, never cut."""
        tokens = self._model.tokenizer(
            valid_unicode(text), add_special_tokens=False, truncation=False, verbose=False
        )
        return len(tokens["input_ids"])

    def _fingerprint(self) -> str:
        """Hash over what was loaded: modules, weights and tokeniser, wherever they came from."""
        digest = hashlib.sha256(f"{self._model}\n{self.max_tokens}\n".encode())
        for name, tensor in sorted(self._model.state_dict().items()):
            digest.update(f"{name}{tuple(tensor.shape)}{tensor.dtype}".encode())
            digest.update(tensor.contiguous().numpy().tobytes())
        digest.update(self._model.tokenizer.backend_tokenizer.to_str().encode("utf-8"))
        return digest.hexdigest()
