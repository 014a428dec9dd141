"""The spine: what the ontologies say, as the compact table that ships with the package."""

from __future__ import annotations

from collections.abc import Iterable
from importlib.resources import files
from pathlib import Path

from knowledge_graph.ontologies.tables import rows
from knowledge_graph.schema import Entity, Fact, Kind, Origin, Relation

_SEPARATOR = "|"
_ENTITY_COLUMNS = ("kind", "id", "name", "synonyms", "xrefs")
_FACT_COLUMNS = ("subject", "relation", "object", "line", "source")


def shipped_folder() -> Path:
    """Where the derived table and its data card are."""
    return Path(str(files("knowledge_graph.ontologies").joinpath("derived")))


def read_spine(folder: Path | None = None) -> tuple[list[Entity], list[Fact]]:
    """The entities and Facts of the table in `folder`, by default the shipped one.

    Raises:
        GraphDataError: a file is missing or lacks a column.
    """
    folder = folder or shipped_folder()
    entities = [
        Entity(
            Kind(row["kind"]),
            row["id"],
            row["name"],
            tuple(filter(None, row["synonyms"].split(_SEPARATOR))),
            tuple(filter(None, row["xrefs"].split(_SEPARATOR))),
        )
        for row in rows(folder / "entities.tsv", *_ENTITY_COLUMNS)
    ]
    facts = [
        Fact(
            row["subject"],
            Relation(row["relation"]),
            row["object"],
            Origin.ONTOLOGY,
            line=row["line"],
            source=row["source"],
        )
        for row in rows(folder / "facts.tsv", *_FACT_COLUMNS)
    ]
    return entities, facts


def write_spine(folder: Path, entities: Iterable[Entity], facts: Iterable[Fact]) -> None:
    """Writes the table: UTF-8, tab-separated, in the order given.

    Raises:
        OSError: it could not be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    _write(
        folder / "entities.tsv",
        _ENTITY_COLUMNS,
        (
            (e.kind.value, e.id, e.name, _SEPARATOR.join(e.synonyms), _SEPARATOR.join(e.xrefs))
            for e in entities
        ),
    )
    _write(
        folder / "facts.tsv",
        _FACT_COLUMNS,
        ((f.subject, f.relation.value, f.object, f.line, f.source) for f in facts),
    )


def _write(path: Path, columns: tuple[str, ...], lines: Iterable[tuple[str, ...]]) -> None:
    text = "".join("\t".join(line) + "\n" for line in (columns, *lines))
    path.write_text(text, encoding="utf-8")
