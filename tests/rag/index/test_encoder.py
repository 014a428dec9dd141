"""An index made with a model that the user names, which the version does not hold itself."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from rag.encoders import DEFAULT_FOLDER
from rag.errors import IndexUnavailableError
from rag.index.build import build
from rag.index.version import IndexVersion
from rag.settings import EncoderSettings, Settings

pytest.importorskip("sentence_transformers", reason="needs the extra: plumbline[models]")


def save_tiny_model(folder: Path, seed: int) -> None:
    """A one-layer BERT with random weights and the vocabulary of the shipped encoder."""
    import torch
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.models import Pooling, Transformer
    from transformers import BertConfig, BertModel, PreTrainedTokenizerFast

    torch.manual_seed(seed)
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_file=str(DEFAULT_FOLDER / "tokenizer.json"),
        pad_token="[PAD]",
        unk_token="[UNK]",
        cls_token="[CLS]",
        sep_token="[SEP]",
        mask_token="[MASK]",
    )
    config = BertConfig(
        vocab_size=len(tokenizer),
        hidden_size=32,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=64,
    )
    bare = folder.with_name("bare")
    BertModel(config).save_pretrained(bare)
    tokenizer.save_pretrained(bare)
    SentenceTransformer(modules=[Transformer(str(bare)), Pooling(32)]).save(str(folder))


@pytest.fixture
def named(tmp_path: Path, settings: Settings) -> Settings:
    """Settings that name a model folder."""
    save_tiny_model(tmp_path / "model", seed=1)
    encoder = EncoderSettings(model=str(tmp_path / "model"))
    return settings.model_copy(update={"encoder": encoder})


def test_the_model_is_opened_by_name(library: Path, named: Settings) -> None:
    report = build([library], named)
    with IndexVersion.open(named.index_dir) as version:
        assert not (named.index_dir / "versions" / report.version_id / "encoder").exists()
        assert version.encoder.dimensions == version.manifest.encoder.dimensions == 32
        kept = version.passage(version.passage_ids("sleep")[0])
        vector = version.encoder.encode([kept.indexed_text])[0]
        assert version.dense(vector, 1)[0] == (kept.id, pytest.approx(1.0, abs=1e-5))


def test_another_model_under_the_same_name_is_refused(
    library: Path, named: Settings, tmp_path: Path
) -> None:
    build([library], named)
    shutil.rmtree(tmp_path / "model")
    save_tiny_model(tmp_path / "model", seed=2)
    with pytest.raises(IndexUnavailableError, match="rag build") as caught:
        IndexVersion.open(named.index_dir)
    assert caught.value.exit_code == 3


def test_a_model_that_is_gone_is_named(library: Path, named: Settings, tmp_path: Path) -> None:
    build([library], named)
    shutil.rmtree(tmp_path / "model")
    with pytest.raises(IndexUnavailableError, match=str(tmp_path / "model")):
        IndexVersion.open(named.index_dir)


def test_vectors_of_another_encoder_are_not_reused(
    library: Path, named: Settings, settings: Settings
) -> None:
    first = build([library], named)
    second = build([library], settings)
    assert second.version_id != first.version_id
    assert second.reused == 0
    assert (second.added, second.removed) == (0, 0)
    # Back to the first encoder: its version is still here.
    assert build([library], named).created is False
