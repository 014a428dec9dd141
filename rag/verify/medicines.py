"""Names of medicines, and which names mean the same substance.

`medicines.txt` holds those used in mental health, `medicines_beside.txt` those for something else
that people take beside them. Both hold facts only: international non-proprietary names (WHO INN)
and the brand names that they are sold under in the US or UK. A brand and its substance count as
one name.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files


@cache
def substance_of() -> Mapping[str, str]:
    """Every known name in lower case, mapped to its substance."""
    return _read("medicines.txt") | _read("medicines_beside.txt")


@cache
def taken_beside() -> frozenset[str]:
    """The substances that are no medicines of mental health ("ibuprofen")."""
    return frozenset(_read("medicines_beside.txt").values())


def _read(name: str) -> dict[str, str]:
    table: dict[str, str] = {}
    for line in files("rag.verify").joinpath(name).read_text("utf-8").splitlines():
        if line and not line.startswith("#"):
            substance, _, others = line.partition(":")
            table |= dict.fromkeys((substance, *others.split()), substance)
    return table


def substances(words: Iterable[str]) -> frozenset[str]:
    """The substances that lower-cased words name, brands resolved.

    >>> sorted(substances(["prozac", "and", "sertraline"]))
    ['fluoxetine', 'sertraline']
    """
    known = substance_of()
    return frozenset(known[word] for word in words if word in known)
