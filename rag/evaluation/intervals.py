"""Intervals for shares."""

from __future__ import annotations

import math

_Z = 1.959964  # 97.5 % point of the standard normal distribution


def wilson(successes: int, total: int) -> tuple[float, float]:
    """95 % score interval of a share (Wilson 1927); (0, 1) when `total` is 0.

    >>> [round(x, 3) for x in wilson(20, 20)]
    [0.839, 1.0]
    """
    if total == 0:
        return 0.0, 1.0
    share = successes / total
    scale = 1 + _Z**2 / total
    centre = (share + _Z**2 / (2 * total)) / scale
    reach = _Z * math.sqrt(share * (1 - share) / total + _Z**2 / (4 * total**2)) / scale
    return max(0.0, centre - reach), min(1.0, centre + reach)
