from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rag.encoders import DEFAULT_FOLDER, open_encoder
from rag.encoders.onnx import OnnxEncoder
from rag.settings import EncoderSettings

ANY_TEXT = st.text(st.characters(exclude_categories=()), max_size=200)  # surrogates too


def test_the_default_is_the_shipped_encoder(encoder: OnnxEncoder) -> None:
    default = open_encoder(EncoderSettings())
    assert isinstance(default, OnnxEncoder)
    assert (default.name, default.dimensions, default.max_tokens) == (
        "minilm-mental-health-int8",
        384,
        256,
    )
    assert default.sha256 == encoder.sha256
    assert len(default.sha256) == 64


def test_vectors_are_unit_float32(encoder: OnnxEncoder, texts: tuple[str, ...]) -> None:
    vectors = encoder.encode(texts)
    assert vectors.shape == (len(texts), 384)
    assert vectors.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1.0, atol=1e-5)


def test_no_texts_give_no_rows(encoder: OnnxEncoder) -> None:
    assert encoder.encode([]).shape == (0, 384)


def test_nearness_follows_meaning(encoder: OnnxEncoder) -> None:
    question, near, far = encoder.encode(
        [
            "How can I sleep better?",
            "Going to bed at the same hour each night helps against insomnia.",
            "The invoice is due thirty days after delivery.",
        ]
    )
    assert question @ near > question @ far + 0.3


@settings(max_examples=60, deadline=None)
@given(st.lists(ANY_TEXT, min_size=1, max_size=20))
def test_a_vector_does_not_depend_on_its_company(encoder: OnnxEncoder, batch: list[str]) -> None:
    together = encoder.encode(batch)
    alone = np.concatenate([encoder.encode([text]) for text in batch])
    assert together.tobytes() == alone.tobytes()
    assert np.isfinite(together).all()


def test_threads_and_order_change_nothing(texts: tuple[str, ...]) -> None:
    batch = [f"{text} {number}" for number in range(6) for text in texts]
    single = OnnxEncoder(DEFAULT_FOLDER, threads=1).encode(batch)
    several = OnnxEncoder(DEFAULT_FOLDER, threads=4).encode(batch[::-1])[::-1]
    assert single.tobytes() == several.tobytes()


def test_callers_may_share_one_encoder(encoder: OnnxEncoder, texts: tuple[str, ...]) -> None:
    expected = encoder.encode(texts).tobytes()
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda _: encoder.encode(texts).tobytes(), range(8)))
    assert set(found) == {expected}


def test_progress_counts_every_text(encoder: OnnxEncoder) -> None:
    seen: list[int] = []
    encoder.encode(["a line"] * 50, progress=seen.append)
    assert sum(seen) == 50
    assert len(seen) > 1


def test_an_interrupted_encode_stops(encoder: OnnxEncoder) -> None:
    seen: list[int] = []

    def interrupt(done: int) -> None:
        seen.append(done)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        encoder.encode(["a line"] * 2000, progress=interrupt)
    assert len(seen) == 1


def test_word_pieces_are_counted_without_marks_and_without_cutting(encoder: OnnxEncoder) -> None:
    assert encoder.count_tokens("panic attack") == 2
    assert encoder.count_tokens("") == 0
    assert encoder.count_tokens("word " * 1000) == 1000
    assert encoder.count_tokens("one \ud800 two") == 2


def test_text_beyond_the_limit_is_cut(encoder: OnnxEncoder) -> None:
    # 256 word pieces, of which the model's own two marks are part.
    full, longer = encoder.encode(["word " * 254, "word " * 254 + "panic " * 300])
    shorter = encoder.encode(["word " * 253])[0]
    assert full.tobytes() == longer.tobytes()
    assert full.tobytes() != shorter.tobytes()


def test_a_lone_surrogate_reads_as_an_unknown_character(encoder: OnnxEncoder) -> None:
    lone, replaced = encoder.encode(["night \udfff fear", "night \ufffd fear"])
    assert lone.tobytes() == replaced.tobytes()


def test_a_surrogate_pair_is_the_character_it_means(encoder: OnnxEncoder) -> None:
    pair, emoji = encoder.encode(["so happy \ud83d\ude42", "so happy \U0001f642"])
    assert pair.tobytes() == emoji.tobytes()


def test_the_default_encoder_needs_no_torch() -> None:
    script = (
        "import sys; from rag.encoders import open_encoder; from rag.settings import *; "
        "open_encoder(EncoderSettings()).encode(['a']); "
        "print(sorted({'torch', 'transformers', 'sentence_transformers'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"
