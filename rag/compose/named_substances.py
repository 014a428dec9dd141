"""Keeps evidence on one medicine or drug from answering a question about another."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from rag.compose.misspelt import must_be_named, names_in
from rag.model import Evidence
from rag.verify.medicines import substances, taken_beside
from rag.verify.words import stem, words

# Groups of medicines that people ask about by name; a plural is the same group.
_GROUPS = frozenset(
    """antidepressant ssri snri tricyclic maoi antipsychotic neuroleptic benzodiazepine stimulant
    opioid beta-blocker barbiturate anticonvulsant z-drug""".split()
)
_OTHER_NAMES = {
    name: drug
    for drug, names in {
        "alcohol": "alcohol alcoholic alcoholism drunk drinker drinking drinks wine beer vodka",
        "cannabis": "cannabis marijuana weed",
        "cocaine": "cocaine crack",
        "heroin": "heroin",
        "methamphetamine": "methamphetamine meth",
        "ecstasy": "ecstasy mdma",
        "nicotine": "nicotine smoking cigarettes tobacco vaping",
        "caffeine": "caffeine coffee tea",
    }.items()
    for name in names.split()
}
# Words of everyday talk ("I cry over my coffee", "hands that crack"): in a question they name a
# substance only beside another.
_EVERYDAY = frozenset({"coffee", "tea", "crack"})
_SMOKED_TOO = frozenset({"cannabis", "cocaine", "heroin", "methamphetamine"})
_NICOTINE = frozenset("nicotine cigarettes tobacco vaping".split())
ClassesOf = Callable[[str], tuple[str, ...]]
"""A substance ("sertraline") to the groups that it belongs to, as passages state it: the nearest
first ("ssri", "antidepressant")."""


@dataclass(frozen=True, slots=True)
class Admitted:
    """Evidence that may answer, and what it stands in for."""

    evidence: Evidence
    groups: Mapping[str, tuple[str, ...]]
    """Substance of the question that the passage does not name, to the groups of it that it
    does, the nearest first; empty where the passage names all that the question names."""
    stems: frozenset[str]
    """Stems of the question's words that the group stands for."""

    def speaks(self, text: str) -> bool:
        """Whether a sentence of the passage may be quoted: where the passage only names a group,
        the sentence itself must, and must not be about some other medicine of mental health."""
        if not self.groups:
            return True
        spoken = words(text)
        said = _groups(spoken)
        return all(said & set(groups) for groups in self.groups.values()) and not (
            substances(spoken) - set(self.groups) - taken_beside()
        )

    def notes(self, text: str) -> tuple[str, ...]:
        """What the reader must be told of a sentence that `speaks`, maybe nothing."""
        said = _groups(words(text))
        named = {
            substance: next((group for group in groups if group in said), groups[0])
            for substance, groups in sorted(self.groups.items())
        }
        return tuple(
            f"{substance.capitalize()} is one of the {_plural(group)}, and some of this is about "
            f"{_plural(group)} as a group."
            for substance, group in named.items()
        )


def on_named_substances(
    question: str, evidence: Sequence[Evidence], classes_of: ClassesOf | None = None
) -> list[Admitted]:
    """Where a question names medicines or drugs, only passages that name all of them, or the
    group that a medicine belongs to; where it names one that nobody knows, only those that do.

    What holds for one may be false or dangerous for another, however alike they sound, and a
    question about two is about the two together.

    Args:
        classes_of: the groups of a substance; without it no group stands in for a medicine.
    """
    asked = words(question)
    named, unknown = _asked_about(asked), must_be_named(question)
    if not named and not unknown:
        return [Admitted(one, {}, frozenset()) for one in evidence]
    found = []
    for one in evidence:
        spoken = words(one.passage.indexed_text)
        if not unknown <= names_in(spoken):
            continue
        groups = _standing_in(named - _named(spoken), _groups(spoken), classes_of)
        if groups is not None:
            stems = frozenset(stem(word) for word in asked if substances([word]) & set(groups))
            found.append(Admitted(one, groups, stems))
    return found


def names_substance(spoken: Iterable[str]) -> bool:
    """Whether the words of a text name a medicine, a drug or a group of medicines."""
    return bool(_named(spoken))


def _standing_in(
    missing: frozenset[str], groups: frozenset[str], classes_of: ClassesOf | None
) -> dict[str, tuple[str, ...]] | None:
    """Groups for each missing substance, or None where one has none."""
    chosen: dict[str, tuple[str, ...]] = {}
    for substance in missing:
        known = classes_of(substance) if classes_of else ()
        fitting = tuple(group for group in known if group in groups)
        if not fitting:
            return None
        chosen[substance] = fitting
    return chosen


def _asked_about(spoken: Iterable[str]) -> frozenset[str]:
    spoken = list(spoken)
    return (
        _named(spoken) if _named(word for word in spoken if word not in _EVERYDAY) else frozenset()
    )


def _named(spoken: Iterable[str]) -> frozenset[str]:
    spoken = list(spoken)
    others = {_OTHER_NAMES[word] for word in spoken if word in _OTHER_NAMES}
    if "smoking" in spoken and others & _SMOKED_TOO and not _NICOTINE.intersection(spoken):
        others.discard("nicotine")  # "stop smoking weed" speaks of one thing
    return substances(spoken) | _groups(spoken) | others


def _groups(spoken: Iterable[str]) -> frozenset[str]:
    return frozenset({word.removesuffix("s") for word in spoken} & _GROUPS)


def _plural(group: str) -> str:
    short = group in {"ssri", "snri", "maoi"}
    return f"{group.upper()}s" if short else f"{group}s"
