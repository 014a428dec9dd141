"""All entities that can be named: the spine of the ontologies and our own, merged by identity."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from knowledge_graph.errors import GraphDataError
from knowledge_graph.names import normal
from knowledge_graph.relations import ENDS
from knowledge_graph.schema import Entity, Kind, Relation, kind_of

OWN = "plumbline"
"""Prefix of our own ids, for what no ontology at hand names."""
_COLUMNS = ("kind", "id", "name", "synonyms")
_UNSURE = re.compile(r"[^a-z0-9]+")


def own_id(name: str) -> str:
    """The canonical id of an entity of our own: "plumbline:feeling-on-edge"."""
    return f"{OWN}:{_UNSURE.sub('-', name.lower()).strip('-')}"


def read_entities(path: Path) -> list[Entity]:
    """Entities from a CSV with the columns kind, id, name and synonyms ("a|b"). Several kinds
    ("Symptom|SideEffect") make one entity of each; an empty id is `own_id`.

    Raises:
        GraphDataError: the file cannot be read, or a row has an unknown kind or no name.
    """
    found: list[Entity] = []
    for line, row in csv_rows(path, _COLUMNS):
        try:
            kinds = [Kind(kind) for kind in row["kind"].split("|")]
        except ValueError:
            known = ", ".join(kind.value for kind in Kind)
            raise GraphDataError(
                f"{path}:{line}: no kind {row['kind']!r}; kinds are {known}"
            ) from None
        if not row["name"]:
            raise GraphDataError(f"{path}:{line}: the entity has no name")
        names = tuple(filter(None, row["synonyms"].split("|")))
        found.extend(
            Entity(kind, row["id"] or own_id(row["name"]), row["name"], names) for kind in kinds
        )
    return found


def csv_rows(path: Path, columns: Sequence[str]) -> Iterable[tuple[int, dict[str, str]]]:
    """(line number, row) of a CSV that has these columns; cells are stripped.

    Raises:
        GraphDataError: the file is missing, is not UTF-8, lacks a column, or a row is too long.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            missing = [name for name in columns if name not in (reader.fieldnames or ())]
            if missing:
                raise GraphDataError(f"{path}: no column {missing[0]!r}")
            for row in reader:
                if None in row:
                    raise GraphDataError(f"{path}:{reader.line_num}: more cells than columns")
                yield reader.line_num, {name: (row[name] or "").strip() for name in columns}
    except OSError as error:
        raise GraphDataError(f"{path}: {error.strerror}") from error
    except (UnicodeDecodeError, csv.Error) as error:
        raise GraphDataError(f"{path}: not a CSV in UTF-8 ({error})") from error


class Vocabulary:
    """Entities by key and by name."""

    def __init__(self, spine: Iterable[Entity], own: Iterable[Entity]) -> None:
        """An entity that both have takes its name from `own` and synonyms from both. A name that
        `own` gives to something means nothing else in the spine."""
        ours, theirs = list(own), list(spine)
        self._parts = theirs, ours
        known = {entity.key: entity for entity in theirs}
        for entity in ours:
            there = known.get(entity.key)
            known[entity.key] = entity if there is None else _merged(there, entity)
        self.entities = [known[key] for key in sorted(known)]
        """Sorted by key."""
        self.own = frozenset(entity.key for entity in ours)
        """Keys of the entities of `own`."""
        self._by_key = known
        self._by_name: dict[str, list[str]] = {}
        self._add(ours, frozenset())
        self._add(self.entities, frozenset(self._by_name))

    def _add(self, entities: Iterable[Entity], taken: frozenset[str]) -> None:
        for entity in entities:
            for name in map(normal, (entity.name, *entity.synonyms)):
                keys = self._by_name.setdefault(name, [])
                if name and name not in taken and entity.key not in keys:
                    keys.append(entity.key)

    def extended(self, more: Iterable[Entity]) -> Vocabulary:
        """This vocabulary with more entities in its spine: they take no name from our own."""
        spine, own = self._parts
        return Vocabulary([*spine, *more], own)

    def entity(self, key: str) -> Entity | None:
        """The entity with this key."""
        return self._by_key.get(key)

    def named(self, name: str) -> list[str]:
        """Keys of the entities that go by this name, in any kind, our own first."""
        return self._by_name.get(normal(name), [])

    def names(self) -> dict[str, list[str]]:
        """Normal form of every name, to the keys that it may mean."""
        return self._by_name

    def subject(self, name: str, relation: Relation) -> str | None:
        """Key of the entity called `name` that fits best as subject of the relation."""
        return self._fitting(name, ENDS[relation][0])

    def object(self, name: str, relation: Relation) -> str | None:
        """Key of the entity called `name` that fits best as object of the relation."""
        return self._fitting(name, ENDS[relation][1])

    def _fitting(self, name: str, kinds: Sequence[Kind]) -> str | None:
        keys = [key for key in self.named(name) if kind_of(key) in kinds]
        exact = [key for key in keys if self._by_key[key].name.casefold() == name.casefold()]
        return min(exact or keys, key=lambda key: kinds.index(kind_of(key)), default=None)


def _merged(first: Entity, second: Entity) -> Entity:
    names = dict.fromkeys((*second.synonyms, first.name, *first.synonyms))
    names.pop(second.name, None)
    return replace(
        second, synonyms=tuple(names), xrefs=tuple(dict.fromkeys((*first.xrefs, *second.xrefs)))
    )
