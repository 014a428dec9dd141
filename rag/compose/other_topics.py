"""Keeps sources that are about something else from answering, however alike they sound.

A document on haloperidol says true things of heart rhythm, and one on narcolepsy of driving; in an
answer to "my heart races at night" or to "I can't drive since the crash" they are beside the point.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from rag.compose.facets import Facet, facets_of_question
from rag.compose.named_substances import names_substance
from rag.compose.situations import in_its_situation
from rag.model import Evidence
from rag.verify.medicines import substances
from rag.verify.words import words

DisordersIn = Callable[[str], frozenset[str]]
"""A text to the disorders that it names."""


@dataclass(frozen=True, slots=True)
class Name:
    """A name that stands in a text: its words as stems, and the keys that it may mean."""

    stems: frozenset[str]
    keys: frozenset[str]


NamesIn = Callable[[str], tuple[Name, ...]]
"""A text to the names in it."""

_TOLD = 12  # words; a shorter question names its situation
_MANY = 3  # passages; fewer do not show what a question is about
# To one who grieves for a grandfather, words on a suicide are not only beside the point.
_SUICIDE = re.compile(
    r"suicid|self-?harm|overdos|kill|attempt|(?:own|his|her|their|my) li(?:fe|ves)\b|crisis|"
    r"hurt(?:s|ing)? (?:my|him|her|them|your)sel|cut(?:s|ting)? (?:my|him|her|them)sel",
    re.IGNORECASE,
)
# A question on somebody who is grown, and on no child, is not answered with what toddlers do.
_GROWN = frozenset(
    "dad father mum mom mother nan gran grandma grandmother grandad grandpa grandfather uncle aunt "
    "husband wife partner boyfriend girlfriend colleague boss".split()
)
_SMALL = frozenset(
    "child children kid kids baby babies toddler son sons daughter daughters stepson stepdaughter "
    "grandson granddaughter grandchild grandchildren nephew niece boy boys girl girls twins "
    "nursery little old".split()
)
# Whoever asks for these may mean a medicine without naming one.
_ON_MEDICINES = frozenset(
    {Facet.MEDICINES, Facet.SIDE_EFFECTS, Facet.STOPPING, Facet.TREATMENT, Facet.PREGNANCY}
)


def on_topic(
    question: str, evidence: Sequence[Evidence], disorders_in: DisordersIn
) -> list[Evidence]:
    """The evidence whose source is not about another medicine or another disorder.

    A source on one medicine, by its title, is left out where the question neither names a substance
    nor asks for a part of the topic to which medicines belong. A source on one disorder is left out
    where the question names others and the passage names none of those, unless it is the main
    source of what was found: "I can't stop worrying about my health" names generalised anxiety by
    its words alone. One on people in a situation that the question does not name
    (`situations.toml`) is left out too, unless it is the main source for a long question. One on
    suicide is left out where the question speaks of nothing like it, one on young children where
    it names somebody grown and no child. Where nothing would be left, everything is but what is on
    another situation: then the threshold for answering decides.
    """
    asked = words(question)
    suicide = _SUICIDE.search(question) is not None
    medicines = names_substance(asked) or bool(facets_of_question(question) & _ON_MEDICINES)
    grown = not _GROWN.isdisjoint(asked) and _SMALL.isdisjoint(asked)
    disorders = disorders_in(question)
    main = _main_source(evidence)
    told = len(asked) >= _TOLD
    fitting = [
        one
        for one in evidence
        if (told and one.source.id == main) or in_its_situation(one.source.title, question)
    ]
    kept = [
        one
        for one in fitting
        if (medicines or not _on_medicines(one.source.title))
        and (suicide or "suicide" not in words(one.source.title))
        and not (grown and {"young", "children"} <= set(words(one.source.title)))
        and (one.source.id == main or not _on_others(one, disorders, disorders_in))
    ]
    return kept or fitting


def _main_source(evidence: Sequence[Evidence]) -> str:
    """The id of the source in which most of what was found lies, the first of it too, or ""."""
    found = Counter(one.source.id for one in evidence)
    if not found:
        return ""
    first = evidence[0].source.id
    return first if found[first] == max(found.values()) and found[first] >= _MANY else ""


def _on_medicines(title: str) -> bool:
    spoken = words(title)
    return bool(substances(spoken)) or "medicines" in spoken


def _on_others(evidence: Evidence, asked: Collection[str], disorders_in: DisordersIn) -> bool:
    if not asked:
        return False
    titled = disorders_in(evidence.source.title)
    if not titled or not titled.isdisjoint(asked):
        return False
    return disorders_in(evidence.passage.indexed_text).isdisjoint(asked)
