"""What every store does to the keys that it is asked for."""

from __future__ import annotations

from collections.abc import Iterable


def sendable(texts: Iterable[str]) -> list[str]:
    """Each text once, without those that UTF-8 cannot carry: no node can be called so."""
    kept: dict[str, None] = {}
    for text in texts:
        try:
            text.encode("utf-8")
        except UnicodeEncodeError:
            continue
        kept[text] = None
    return list(kept)
