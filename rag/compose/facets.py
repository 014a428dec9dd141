"""Which parts of a topic a question asks about ("signs", "treatment", "when to get help")."""

from __future__ import annotations

import re
import tomllib
from enum import StrEnum
from functools import cache
from importlib.resources import files


class Facet(StrEnum):
    """A part of a clinical topic that people ask about and documents have sections for."""

    DEFINITION = "definition"
    SYMPTOMS = "symptoms"
    CAUSES = "causes"
    PREVALENCE = "prevalence"
    DIAGNOSIS = "diagnosis"
    TREATMENT = "treatment"
    MEDICINES = "medicines"
    SIDE_EFFECTS = "side effects"
    STOPPING = "stopping"
    TOO_MUCH = "too much"
    SELF_HELP = "self-help"
    HELPING_OTHERS = "helping others"
    SEEKING_HELP = "seeking help"
    OUTLOOK = "outlook"
    CHILDREN = "children"
    PREGNANCY = "pregnancy"
    ALCOHOL = "alcohol"
    DRIVING = "driving"


# People ask about these for their own sake, too.
_TOPICS_TOO = frozenset({Facet.ALCOHOL, Facet.DRIVING})


@cache
def _patterns(side: str) -> dict[Facet, re.Pattern[str]]:
    """Compiled patterns by facet; `side` is "asked" (questions) or "headed" (headings)."""
    table = tomllib.loads(files("rag.compose").joinpath("facets.toml").read_text("utf-8"))
    return {
        facet: re.compile(rf"\b(?:{'|'.join(table[facet.value][side])})(?!\w)", re.IGNORECASE)
        for facet in Facet
    }


def facets_of_question(question: str) -> frozenset[Facet]:
    """The facets that a question asks about, which may be none.

    >>> sorted(facets_of_question("What are the signs of OCD and how is it treated?"))
    [<Facet.SYMPTOMS: 'symptoms'>, <Facet.TREATMENT: 'treatment'>]
    """
    return frozenset(
        facet for facet, pattern in _patterns("asked").items() if pattern.search(question)
    )


def facets_of_heading(heading: tuple[str, ...]) -> frozenset[Facet]:
    """The facets that a section speaks of, read from its own headings below the title."""
    sections = " / ".join(heading[1:])
    return frozenset(
        facet for facet, pattern in _patterns("headed").items() if pattern.search(sections)
    )


def without_facets(question: str) -> str:
    """The question without the words that ask for a facet; what is left names the topic.

    >>> without_facets("What are the signs of insomnia?").split()[-1]
    'insomnia?'
    """
    for facet, pattern in _patterns("asked").items():
        if facet not in _TOPICS_TOO:
            question = pattern.sub(" ", question)
    return question
