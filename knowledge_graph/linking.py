"""A question to the entities it speaks of: by name, by a misspelt name, or by meaning."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import numpy.typing as npt
from rapidfuzz import process
from rapidfuzz.distance import DamerauLevenshtein

from knowledge_graph.lexicon import Lexicon
from knowledge_graph.mentions import MentionFinder, Span
from knowledge_graph.names import stem, surface_words

Vectors = npt.NDArray[np.float32]

_LETTERS = re.compile(r"[^\W\d_]{5,}")
_TWO_ERRORS_FROM = 8  # letters; shorter words may have one error (Damerau 1964: 80 % have one)
_SURE, _SECOND_KIND, _MISSPELT = 1.0, 0.6, 0.8
NEAR = 0.5
"""Cosine from which a phrase counts as meant: see `bench/paraphrases.py`. At 0.5, 8 of 13
paraphrases without a name are linked rightly and 4 wrongly; at 0.4, 9 and 5; at 0.6, 2 and 3."""
_MOST_BY_MEANING = 3


class How(StrEnum):
    """What tied a question to an entity."""

    NAME = "name"
    SPELLING = "spelling"
    MEANING = "meaning"


@dataclass(frozen=True, slots=True)
class Link:
    """An entity that a question speaks of."""

    key: str
    confidence: float
    """0..1: 1 for a name that means one thing; a cosine where only the meaning is near."""
    how: How
    words: str
    """The words of the question, or the phrase that they come near to."""


class Linker:
    """Links questions. Threads may share it."""

    def __init__(self, lexicon: Lexicon, phrase_vectors: Vectors | None = None) -> None:
        """`phrase_vectors`: (phrases, dimensions), unit length, in the order of
        `lexicon.phrases`; without them nothing is linked by meaning."""
        self.finder = MentionFinder(lexicon.names)
        self._words = lexicon.words
        self.phrases = lexicon.phrases
        self.vectors = phrase_vectors
        by_letter: dict[str, set[str]] = defaultdict(set)
        self._stems = {part for name in lexicon.names for part in name.split(" ")}
        for word in lexicon.words:
            if _LETTERS.fullmatch(word) and stem(word) in self._stems:
                by_letter[word[0]].add(word)
        self._spellings = {letter: sorted(words) for letter, words in by_letter.items()}

    def link(self, question: str, vector: Vectors | None = None) -> list[Link]:
        """The entities, the surest first, ties by key; each once. Meaning is looked at only
        where no name is found: near a name there is always a phrase that is near in meaning.

        Args:
            vector: the question's unit vector, from the encoder that made the phrase vectors.
        """
        links = _named(question, self.finder.find(question), How.NAME)
        mended = self._mended(question)
        if mended != question:
            links += _named(mended, self.finder.find(mended), How.SPELLING)
        if not links and vector is not None and self.vectors is not None:
            links += self._meant(vector)
        best: dict[str, Link] = {}
        for link in links:
            if link.key not in best or link.confidence > best[link.key].confidence:
                best[link.key] = link
        return sorted(best.values(), key=lambda link: (-link.confidence, link.key))

    def spans(self, text: str) -> list[Span]:
        """Where names stand in `text`, as they are written."""
        return self.finder.find(text)

    def _mended(self, question: str) -> str:
        """The question with misspelt words put right, where only one word can be meant."""

        def mend(match: re.Match[str]) -> str:
            word = surface_words(match.group())[0]
            if word in self._words or stem(word) in self._stems:
                return match.group()
            errors = 2 if len(word) >= _TWO_ERRORS_FROM else 1
            near = process.extract(
                word,
                self._spellings.get(word[0], ()),
                scorer=DamerauLevenshtein.distance,
                score_cutoff=errors,
                limit=2,
            )
            if not near or (len(near) > 1 and near[0][1] == near[1][1]):
                return match.group()
            return near[0][0]

        return _LETTERS.sub(mend, question)

    def _meant(self, vector: Vectors) -> list[Link]:
        if self.vectors is None or not len(self.vectors):
            return []
        cosines = self.vectors @ vector
        links: dict[str, Link] = {}
        for row in np.argsort(-cosines, kind="stable"):
            cosine = float(cosines[row])
            if cosine < NEAR or len(links) == _MOST_BY_MEANING:
                break
            phrase, key = self.phrases[row]
            links.setdefault(key, Link(key, min(cosine, 1.0), How.MEANING, phrase))
        return list(links.values())


def _named(question: str, spans: list[Span], how: How) -> list[Link]:
    sure = _SURE if how is How.NAME else _MISSPELT
    return [
        Link(key, sure if place == 0 else sure * _SECOND_KIND, how, question[s.start : s.end])
        for s in spans
        for place, key in enumerate(s.keys)
    ]
