"""`rag graph push` and its kin: the graph in a Neo4j server."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Annotated

import typer

from rag.cli.common import AsJson, IndexDir, load_settings, print_json

if TYPE_CHECKING:
    from knowledge_graph.stores.neo4j import VersionStatus

VersionId = Annotated[str | None, typer.Argument(help="A version.  [default: the active one]")]


def add_to(app: typer.Typer) -> None:
    """Adds the commands to `rag graph`."""
    app.command("push")(push_command)
    app.command("status")(status_command)
    app.command("remove")(remove_command)


def push_command(
    version_id: VersionId = None,
    keep: Annotated[
        int | None,
        typer.Option(min=1, help="Then remove all but this many versions, the newest.  [all]"),
    ] = None,
    index_dir: IndexDir = None,
    as_json: AsJson = False,
) -> None:
    """Loads a version's graph into Neo4j. Readers see it once all of it is in."""
    from rag.index.graph_errors import graph_errors
    from rag.index.graph_store import open_neo4j
    from rag.index.version import IndexVersion

    settings = load_settings(index_dir)
    with (
        IndexVersion.open(settings.index_dir, version_id) as version,
        open_neo4j(settings.graph) as store,
        graph_errors(),
    ):
        counts = store.load(version.id, version.graph.reader.data())
        removed = store.prune(keep, version.id) if keep else []
    if as_json:
        print_json({"version": version.id, "loaded": counts, "removed": removed})
        return
    print(
        f"Neo4j holds index version {version.id}: {counts.entities} entities, {counts.facts} "
        f"facts, {counts.mentions} mentions, {counts.passages} passages"
    )
    if removed:
        print(f"Removed {', '.join(removed)}")
    if settings.graph.store != "neo4j":
        print("Set RAG_GRAPH__STORE=neo4j to answer from it.")


def status_command(index_dir: IndexDir = None, as_json: AsJson = False) -> None:
    """Lists the versions that Neo4j holds; * marks the one that the index answers from."""
    from rag.errors import IndexUnavailableError
    from rag.index.graph_errors import graph_errors
    from rag.index.graph_store import open_neo4j
    from rag.index.store import IndexStore

    settings = load_settings(index_dir)
    try:
        active: str | None = IndexStore(settings.index_dir).active()
    except IndexUnavailableError:
        active = None
    with open_neo4j(settings.graph) as store, graph_errors():
        found = store.statuses()
    if as_json:
        print_json({"uri": settings.graph.uri, "active": active, "versions": found})
        return
    if not found:
        print(f"Neo4j at {settings.graph.uri} holds no version; `rag graph push` loads one.")
    for status in found:
        print(f"{'*' if status.id == active else ' '} {status.id}  {_state(status)}")
    if active and active not in {status.id for status in found if status.readable}:
        print(f"  {active}  is the active index version, and not loaded: `rag graph push`")


def remove_command(
    version_id: Annotated[str, typer.Argument(help="A version, as `rag graph status` shows it.")],
    index_dir: IndexDir = None,
    as_json: AsJson = False,
) -> None:
    """Removes a version from Neo4j, in batches. The index on disk is left as it is."""
    from rag.index.graph_errors import graph_errors
    from rag.index.graph_store import open_neo4j

    with open_neo4j(load_settings(index_dir).graph) as store, graph_errors():
        store.remove_version(version_id)
    if as_json:
        print_json({"removed": version_id})
    else:
        print(f"Neo4j no longer holds version {version_id}")


def _state(status: VersionStatus) -> str:
    if status.state == "ready" and not status.readable:
        return "written by another release: push again"
    if status.loaded_at_ms is None or status.state != "ready":
        return f"{status.state}: under way, or stopped; `rag graph push` or `remove` completes it"
    loaded = dt.datetime.fromtimestamp(status.loaded_at_ms / 1000, dt.UTC)
    counts = status.counts
    return (
        f"{loaded:%Y-%m-%d %H:%M} UTC  {counts.entities} entities, {counts.facts} facts, "
        f"{counts.mentions} mentions, {counts.passages} passages"
    )
