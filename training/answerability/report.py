"""What the abstention model does with the questions of each kind."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from training.answerability.examples import Example


def report(rows: Sequence[Example], p: np.ndarray, threshold: float, sure: float) -> None:
    """Shares answered by kind and half, other thresholds, the tuning questions it gets wrong."""
    y = np.array([row.answerable for row in rows])
    tune = np.array([row.tune for row in rows])
    kinds = np.array([row.kind for row in rows])
    print(f"threshold {threshold:.3f}, without a caveat from {sure:.3f}")
    print(f"{'questions':<20} {'half':<6} {'n':>4}  answered  without a caveat")
    for kind in dict.fromkeys(kinds):
        for name, half in (("tune", tune), ("judge", ~tune)):
            part = (kinds == kind) & half
            shares = [(p[part] >= at).mean() for at in (threshold, sure)]
            print(f"{kind:<20} {name:<6} {part.sum():>4}  {shares[0]:.3f}     {shares[1]:.3f}")
    print("threshold: answerable answered / unanswerable answered, each half")
    for at in np.arange(0.2, 0.95, 0.05):
        shares = [(p[h & w] >= at).mean() for h in (tune, ~tune) for w in (y, ~y)]
        print(f"  {at:.2f}: {shares[0]:.3f} / {shares[1]:.3f}   {shares[2]:.3f} / {shares[3]:.3f}")
    for row, of in sorted(zip(rows, p, strict=True), key=lambda pair: pair[1]):
        if row.tune and row.answerable != (of >= threshold):
            what = "missed" if row.answerable else "answered"
            print(f"  {what} {of:.2f} [{row.kind}] {row.question}")
