"""How much of what language models invent gets out, and how much of what is true stays."""

from __future__ import annotations

import multiprocessing
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from statistics import median, quantiles

from rag.evaluation.intervals import wilson
from rag.evaluation.recorded_answers import RecordedAnswer, in_groups
from rag.evaluation.replay import Outcome, replay
from rag.settings import VerifierSettings
from rag.verify.gate import GateMode

Interval = tuple[float, float]
_AT_ONCE = 40  # answers that one process is given; opening the models anew costs about a second


@dataclass(frozen=True, slots=True)
class KindReport:
    """Sentences with one kind of error, and how many of them were released."""

    unsupported: int
    unsupported_released: int
    unsupported_released_share: float
    unsupported_released_interval: Interval


@dataclass(frozen=True, slots=True)
class ModeReport:
    """Counts of sentences, shares of them, and 95 % score intervals of the shares."""

    unsupported: int
    unsupported_released: int
    unsupported_released_share: float
    unsupported_released_interval: Interval
    supported: int
    supported_kept: int
    supported_kept_share: float
    supported_kept_interval: Interval
    kinds: dict[str, KindReport]
    statuses: dict[str, int]
    composed_by: dict[str, int]
    median_ms: float
    p95_ms: float


@dataclass(frozen=True, slots=True)
class GateReport:
    """One report for each mode, all on the same answers."""

    answers: int
    sentences: int
    modes: dict[str, ModeReport]


def evaluate(
    answers: Sequence[RecordedAnswer],
    modes: Sequence[GateMode] = tuple(GateMode),
    *,
    verifier: VerifierSettings | None = None,
    jobs: int = 1,
    progress: Callable[[int], None] = lambda _: None,
) -> GateReport:
    """Replays the answers through the engine; `progress` is called with the count newly done.

    `verifier` names the model behind the gate; None is the shipped one.
    With `jobs` of 1 all happens in this process, else in so many others.

    Raises:
        RagError: shipped files are missing or changed, or an extra is not installed.
    """
    outcomes: list[Outcome] = []
    groups = in_groups(answers, _AT_ONCE)
    work = partial(replay, modes=tuple(modes), verifier=verifier or VerifierSettings())
    if jobs == 1 or len(groups) == 1:
        for group in groups:
            outcomes.extend(work(group))
            progress(len(group))
    else:
        context = multiprocessing.get_context("spawn")
        with ProcessPoolExecutor(min(jobs, len(groups)), mp_context=context) as pool:
            for group, done in zip(groups, pool.map(work, groups), strict=True):
                outcomes.extend(done)
                progress(len(group))
    return GateReport(
        answers=len(answers),
        sentences=sum(len(answer.sentences()) for answer in answers),
        modes={mode.value: _mode(o for o in outcomes if o.mode is mode) for mode in modes},
    )


def _mode(outcomes: Iterable[Outcome]) -> ModeReport:
    done = list(outcomes)
    pairs = [pair for o in done for pair in zip(o.kinds, o.released, strict=True)]
    wrong = [released for kinds, released in pairs if kinds]
    right = [released for kinds, released in pairs if not kinds]
    names = dict.fromkeys(kind for kinds, _ in pairs for kind in kinds)
    times = [o.took_ms for o in done]
    return ModeReport(
        unsupported=len(wrong),
        unsupported_released=sum(wrong),
        unsupported_released_share=_share(wrong),
        unsupported_released_interval=_interval(wrong),
        supported=len(right),
        supported_kept=sum(right),
        supported_kept_share=_share(right),
        supported_kept_interval=_interval(right),
        kinds={name: _kind([r for kinds, r in pairs if name in kinds]) for name in names},
        statuses=dict(Counter(o.status for o in done)),
        composed_by=dict(Counter(o.composed_by for o in done if o.composed_by)),
        median_ms=median(times),
        p95_ms=quantiles(times, n=20)[-1] if len(times) > 1 else times[0],
    )


def _kind(released: Sequence[bool]) -> KindReport:
    return KindReport(len(released), sum(released), _share(released), _interval(released))


def _share(flags: Sequence[bool]) -> float:
    return round(sum(flags) / len(flags), 4) if flags else 0.0


def _interval(flags: Sequence[bool]) -> Interval:
    low, high = wilson(sum(flags), len(flags))
    return round(low, 4), round(high, 4)
