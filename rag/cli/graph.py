"""`rag graph`: what the knowledge graph says, and with which passages."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from rag.cli import graph_import, graph_store
from rag.cli.common import AsJson, IndexDir, load_settings, print_json
from rag.errors import NotFoundError

if TYPE_CHECKING:
    from knowledge_graph.store import GraphReader
    from rag.index.version import IndexVersion

PATIENCE_S = 30.0
"""Seconds that a command waits for the store; nobody in distress is waiting for it."""

app = typer.Typer(
    name="graph",
    help="Shows the knowledge graph, loads it into Neo4j, and takes in graphs of your own.",
    no_args_is_help=True,
    add_completion=False,
)
graph_store.add_to(app)
graph_import.add_to(app)

Name = Annotated[str, typer.Argument(help="A name, an id or a key such as Disorder:DOID:594.")]
OutFile = Annotated[Path, typer.Option("--output", help="The file to write.")]


@app.command("show")
def show_command(entity: Name, index_dir: IndexDir = None, as_json: AsJson = False) -> None:
    """Shows an entity, its facts, and the passages that state them."""
    from rag.index.graph_view import entity_view, find_entity

    with _opened(index_dir) as (version, reader):
        view = entity_view(reader, find_entity(version, reader, entity, PATIENCE_S), PATIENCE_S)
        if as_json:
            print_json(view)
            return
        from rag.cli.graph_render import print_entity

        print_entity(view, version)


@app.command("path")
def path_command(
    start: Annotated[str, typer.Argument(metavar="A", help="Where from: a name, id or key.")],
    end: Annotated[str, typer.Argument(metavar="B", help="Where to: a name, id or key.")],
    index_dir: IndexDir = None,
    as_json: AsJson = False,
) -> None:
    """Finds the shortest way between two entities, with the passages that state each step."""
    from rag.index.graph_view import find_entity, path_between

    with _opened(index_dir) as (version, reader):
        first = find_entity(version, reader, start, PATIENCE_S)
        last = find_entity(version, reader, end, PATIENCE_S)
        way = path_between(reader, first, last, PATIENCE_S)
        if way is None:
            raise NotFoundError(f"The graph has no way from {first} to {last}")
        if as_json:
            print_json({"from": first, "to": last, "facts": way, "index_version": version.id})
            return
        from rag.cli.graph_render import print_path

        print_path(way, version)


@app.command("export")
def export_command(output: OutFile, index_dir: IndexDir = None, as_json: AsJson = False) -> None:
    """Writes the whole graph as GraphML, for Gephi, Cytoscape, yEd or NetworkX."""
    from knowledge_graph.graphml import write_graphml
    from rag.index.version import IndexVersion

    with IndexVersion.open(load_settings(index_dir).index_dir) as version:
        data = version.graph.reader.data()
        with output.open("wb") as stream:
            facts = write_graphml(stream, data)
    if as_json:
        print_json({"file": output, "entities": len(data.entities), "facts": facts})
    else:
        print(f"Wrote {len(data.entities)} entities and {facts} facts to {output}")


@app.command("picture")
def picture_command(
    entity: Name,
    output: OutFile,
    limit: Annotated[int, typer.Option(min=1, max=200, help="Most facts to draw.")] = 24,
    index_dir: IndexDir = None,
    as_json: AsJson = False,
) -> None:
    """Draws an entity and its neighbours as SVG, which any browser shows."""
    from knowledge_graph.paths import CLINICAL
    from knowledge_graph.svg import neighbourhood_svg
    from rag.index.graph_errors import graph_errors
    from rag.index.graph_view import find_entity, names_of

    with _opened(index_dir) as (version, reader):
        key = find_entity(version, reader, entity, PATIENCE_S)
        with graph_errors():
            near = reader.neighbours(
                [key], relations=CLINICAL, limit=limit, deadline_s=PATIENCE_S
            ).get(key, [])
            names = names_of(reader, near, PATIENCE_S)
            centre = reader.entities([key], deadline_s=PATIENCE_S)[key]
    output.write_text(neighbourhood_svg(centre, near, names), encoding="utf-8")
    if as_json:
        print_json({"file": output, "entity": key, "facts": len(near)})
    else:
        print(f"Drew {centre.name} and {len(near)} facts into {output}")


@contextmanager
def _opened(index_dir: Path | None) -> Iterator[tuple[IndexVersion, GraphReader]]:
    """The active version, and the store that the settings name."""
    from rag.index.graph_store import close_reader, open_reader
    from rag.index.version import IndexVersion

    settings = load_settings(index_dir)
    with IndexVersion.open(settings.index_dir) as version:
        reader = open_reader(version, settings.graph)
        try:
            yield version, reader
        finally:
            close_reader(reader, version)
