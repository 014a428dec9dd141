"""Sentences that lean on the one before them: "It also helps sleep." says little alone."""

from __future__ import annotations

import re

from rag.verify.alignment import Analysed
from rag.verify.words import content_stems, fold

# Words that, at the start of a sentence, point back. "This" and "these" do so with and without a
# noun after them ("this medicine").
_POINTERS = frozenset(
    "it its they them their theirs this that these those he she his her such both another".split()
)
_OPENERS = frozenset(
    "also and so then but however in addition additionally moreover yes no".split()
)
# Words that look like it and point at what follows.
POINTS_NOWHERE = re.compile(
    r"""
    \bit(?:'s|\ is|\ was|\ may\ be|\ can\ be)\ (?:not\ |also\ |often\ |very\ |always\ )*(?:
        (?:important|common|normal|possible|best|better|wise|natural|essential|vital|crucial
          |necessary|understandable)\ (?:to|that|for\ [^.;:]*?\bto)
      | (?:not\ )?(?:known|thought|believed|estimated|clear|unclear|true|said|advised|recommended)
        \ (?:that|whether|how|why|if|what|when)
    )\b
    | \bit\ (?:takes|can\ take|may\ take)\ (?:time|courage|patience|practice)\ to\b
    | \b(?:those|these)\ (?:who|with|without|whose|of|in)\b
    | \bboth\ [^.;:]{1,60}?\ and\b
    | (?<=\ )it\ (?:hard|harder|easy|easier|difficult|possible|impossible)\ (?:to|for)\b
    """,
    re.VERBOSE | re.IGNORECASE,
)
_FRAGMENT_STEMS = 4  # content words from which a list item says something by itself
_SPEAKER = re.compile(r"(?:(?:also|and|so|then|but|however|moreover|yes|no),?\ )+", re.IGNORECASE)


def leans_on_what_precedes(claim: Analysed, before: str) -> bool:
    """Whether the claim opens with a word that points back, and there is something to point at.

    >>> leans_on_what_precedes(Analysed.of("It also helps sleep."), "Exercise lifts mood.")
    True
    >>> leans_on_what_precedes(Analysed.of("It is wise to ask for help."), "Exercise lifts mood.")
    False
    """
    return bool(before.strip()) and opens_with_pointer(claim)


def opens_with_pointer(claim: Analysed) -> bool:
    """Whether the claim opens with a word that points back."""
    opening = next((word for word in claim.words if word not in _OPENERS), "")
    if opening not in _POINTERS:
        return False
    text = _SPEAKER.sub("", fold(claim.text), count=1) if claim.words[0] != opening else claim.text
    return not POINTS_NOWHERE.match(fold(text))


def is_fragment(item: str) -> bool:
    """Whether a list item says too little without the line above its list.

    >>> is_fragment("a racing heart"), is_fragment("Keep the bedroom dark, quiet and cool")
    (True, False)
    """
    text = item.rstrip(" \"'”’)")
    return not text.endswith((".", "!", "?")) and len(set(content_stems(text))) < _FRAGMENT_STEMS
