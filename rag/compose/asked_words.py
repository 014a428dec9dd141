"""The words of a question that say what is asked about, each with its weight."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Set
from dataclasses import dataclass

from rag.verify.medicines import substance_of
from rag.verify.words import content_stems, stem, words

# Words that people wrap a question in: how they put it and whom they ask for say nothing about
# which passage answers, however rare the words are in the sources. "Mental health" is what all of
# them are about.
_FRAME = frozenset(
    stem(word)
    for word in """someone know think feel feeling want need try tell say ask mean keep start go
    going come look looking find give put seem understand deal happen work good bad best better
    right wrong thing lot really always sure please question answer info information help ok okay
    take measure mental health""".split()
)
# What people ask in one word and sources tell in another.
_TOLD_AS = {
    asked: frozenset(content_stems(told))
    for spoken, told in {
        "cure curable": "treat treatment recover recovery",
        "hereditary inherit inherited genetic genetically genes": "genes genetic inherited",
        "kid kids": "child children",
        "teen teenager teenage adolescent": "teenager teenagers teens adolescents",
        "meds": "medicine medicines medication",
        "permanent permanently forever": "lifelong recover recovery",
        "mum mom": "mother mothers",
        "dad": "father fathers",
    }.items()
    for asked in map(stem, spoken.split())
}
_ALCOHOL = stem("alcohol")
_DRINKS = frozenset(map(stem, "drink drinks drinking drunk".split()))
_WHOSE = re.compile(
    r"\b(?:my|our|his|her|a|an) (?:husband|wife|partner|boyfriend|girlfriend|friend|mum|mom|mother|"
    r"dad|father|parents?|son|daughter|brother|sister|aunt|uncle|cousin|gran\w*|neighbour|"
    r"colleague|boss|doctor)\b",
    re.IGNORECASE,
)
_TOLD = re.compile(r"\b(?:i|i'm|im|i've|ive|me|my|mine|we|us|our)\b", re.IGNORECASE)


def tells_of_oneself(question: str) -> bool:
    """Whether someone tells of their own life. The words of a story need not stand in a source;
    those of "What is the half-life of diazepam?" must.

    >>> tells_of_oneself("my husband snores all night")
    True
    """
    return _TOLD.search(question) is not None


@dataclass(frozen=True, slots=True)
class AskedWords:
    """Stem -> weight; rare words weigh more."""

    weights: Mapping[str, float]

    @classmethod
    def of(cls, question: str, word_weight: Callable[[str], float]) -> AskedWords:
        """The words of `question`; how it is put is left out, unless nothing else is there. So is
        a brand beside its substance, since sources speak of the substance."""
        brands = {stem(brand) for brand in brands_beside_substances(words(question))}
        stems = frozenset(content_stems(_WHOSE.sub("", question))) - brands
        if _ALCOHOL in stems:  # a "drink" beside it asks for nothing else
            stems -= _DRINKS
        return cls({s: word_weight(s) for s in stems - _FRAME or stems})

    def covered(self, stems: Set[str]) -> float:
        """The share of the weight that `stems` hold, 0..1."""
        total = sum(self.weights.values())
        held = sum(weight for s, weight in self.weights.items() if _stands_in(s, stems))
        return held / total if total else 0.0

    def heaviest_missing(self, stems: Set[str]) -> float:
        """The weight of the rarest word that `stems` lack, as a share of all, 0..1."""
        total = sum(self.weights.values())
        lacking = (w for s, w in self.weights.items() if not _stands_in(s, stems))
        return max(lacking, default=0.0) / total if total else 0.0


def _stands_in(wanted: str, stems: Set[str]) -> bool:
    """Also as the noun or the verb ("How is it treated?" is met by "treatment"), or in the words
    that sources use: whoever asks for a cure is met by what is said of treatment and recovery."""
    also = _TOLD_AS.get(wanted, frozenset())
    return not stems.isdisjoint({wanted, f"{wanted}ment", wanted.removesuffix("ment"), *also})


def brands_beside_substances(spoken: Collection[str]) -> frozenset[str]:
    """The brand names among lower-cased words whose substance is among them too."""
    known = substance_of()
    return frozenset(w for w in spoken if known.get(w, w) != w and known[w] in spoken)
