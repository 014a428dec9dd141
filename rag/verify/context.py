"""Sentences that lean on the one before them: "It also helps sleep." says little alone."""

from __future__ import annotations

from rag.verify.alignment import Analysed

# Words that, at the start of a sentence, point back. "This" and "these" do so with and without a
# noun after them ("this medicine").
_POINTERS = frozenset(
    "it its they them their theirs this that these those he she his her such both another".split()
)
_OPENERS = frozenset("also and so then but however in addition additionally moreover".split())


def leans_on_what_precedes(claim: Analysed, before: str) -> bool:
    """Whether the claim opens with a word that points back, and there is something to point at.

    >>> leans_on_what_precedes(Analysed.of("It also helps sleep."), "Exercise lifts mood.")
    True
    """
    if not before.strip():
        return False
    opening = next((word for word in claim.words if word not in _OPENERS), "")
    return opening in _POINTERS
