"""The default encoder: a quantised ONNX model run on the CPU, without torch."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import onnxruntime as ort

from rag.encoders.base import Vectors
from rag.encoders.manifest import (
    MODEL_NAME,
    TOKENIZER_NAME,
    checked,
    read_checked,
    read_manifest,
)
from rag.encoders.text import valid_unicode
from rag.encoders.tokenizer import open_tokenizer
from rag.errors import EncoderError

_TEXTS_PER_TASK = 8


class OnnxEncoder:
    """Encodes one text per run of the model, on up to `threads` threads.

    One text per run means that nothing is padded and that nothing of one text can reach another:
    vectors are the same bytes for any company, order or number of threads. Each run keeps to its
    own thread, so threads share one session and one copy of the weights. Safe to call from
    several threads.

    Raises:
        EncoderError: a file of `folder` is missing, changed or not loadable.

    >>> from rag.encoders import DEFAULT_FOLDER
    >>> OnnxEncoder(DEFAULT_FOLDER, threads=2).encode(["What helps with panic attacks?"]).shape
    (1, 384)
    """

    def __init__(self, folder: Path, threads: int) -> None:
        manifest = read_manifest(folder)
        self.folder = folder
        self.name = manifest.name
        self.sha256 = manifest.sha256
        self.dimensions = manifest.dimensions
        self.max_tokens = manifest.max_tokens
        self._threads = threads
        model = checked(folder, MODEL_NAME, manifest)
        tokenizer = read_checked(folder, TOKENIZER_NAME, manifest)
        try:
            self._session = ort.InferenceSession(
                str(model), _session_options(), providers=["CPUExecutionProvider"]
            )
            self._tokenizer = open_tokenizer(tokenizer)
        except Exception as error:  # both libraries raise bare Exception subclasses
            raise EncoderError(
                f"{folder} cannot be loaded: {error}. Upgrade onnxruntime and tokenizers to the "
                "versions that this release asks for."
            ) from error
        self._body_tokens = self.max_tokens - self._tokenizer.num_special_tokens_to_add(False)

    def encode(
        self, texts: Sequence[str], *, progress: Callable[[int], None] | None = None
    ) -> Vectors:
        """Unit vectors, float32 of shape (len(texts), dimensions). Longer texts are cut."""
        vectors = np.empty((len(texts), self.dimensions), dtype=np.float32)

        def task(start: int) -> int:
            stop = min(start + _TEXTS_PER_TASK, len(texts))
            for row in range(start, stop):
                vectors[row] = self._encode_one(texts[row])
            return stop - start

        starts = range(0, len(texts), _TEXTS_PER_TASK)
        if len(starts) <= 1 or self._threads == 1:
            for start in starts:
                done = task(start)
                if progress:
                    progress(done)
            return vectors
        pool = ThreadPoolExecutor(self._threads, thread_name_prefix="encoder")
        try:
            for done in pool.map(task, starts):
                if progress:
                    progress(done)
        finally:
            # An interrupted build must not wait for thousands of texts still queued.
            pool.shutdown(cancel_futures=True)
        return vectors

    def count_tokens(self, text: str) -> int:
        """Word pieces in `text`, special tokens left out, never cut."""
        return len(self._tokenizer.encode(valid_unicode(text), add_special_tokens=False).ids)

    def _encode_one(self, text: str) -> Vectors:
        encoding = self._tokenizer.encode(valid_unicode(text), add_special_tokens=False)
        encoding.truncate(self._body_tokens)
        ids = self._tokenizer.post_process(encoding).ids
        (vector,) = self._session.run(None, {"input_ids": np.array([ids], dtype=np.int64)})
        return vector[0]  # type: ignore[no-any-return]


def _session_options() -> ort.SessionOptions:
    options = ort.SessionOptions()
    # One thread a run: a split matrix product could round in another order.
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    # The graph is exported ready to run; see training/encoder/graph.py.
    options.graph_optimization_level = ort.GraphOptimizationLevel.ORT_DISABLE_ALL
    # The arena keeps the largest run's memory for good.
    options.enable_cpu_mem_arena = False
    options.log_severity_level = 3
    return options
