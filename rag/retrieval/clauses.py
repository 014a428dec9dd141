"""The parts of a long question, since a story and the question after it mean different things."""

from __future__ import annotations

import re

from rag.verify.words import content_stems

CLAUSE_DISCOUNT = 0.1
"""What a cosine with a part counts less than one with the whole, which says more of what is meant.
Set by reading answers to `bench/questions/development.jsonl`."""
_FEWEST_WORDS = 9  # a shorter question is one thought
_FEWEST_TELLING = 2  # words that say something: "is this normal?" is like any other question
_MOST = 3
_BREAK = re.compile(
    r"[.;:!?,\n]+\s+|\s+(?:-|–|—)\s+"
    r"|\s+(?:and|but|so|because|cause|since|that|though|although|even tho(?:ugh)?)\s+"
    r"(?=(?:i|i'm|im|my|he|she|they|it|we|you|what|how|can|could|should|is|are|do|does|why|when|"
    r"where|who|nobody|nothing)\b)",
    re.IGNORECASE,
)


def clauses(question: str) -> list[str]:
    """Up to three parts that could stand alone; none where the question is short or one piece.

    >>> clauses("my mum's house is so full of stuff you can't walk in it, how can I help her")
    ["my mum's house is so full of stuff you can't walk in it"]
    >>> clauses("What is panic disorder?")
    []
    """
    if len(question.split()) < _FEWEST_WORDS:
        return []
    parts = [part.strip(" ,.;:!?") for part in _BREAK.split(question)]
    told = [part for part in parts if len(set(content_stems(part))) >= _FEWEST_TELLING]
    return sorted(told, key=len, reverse=True)[:_MOST] if len(parts) > 1 else []
