"""`rag graph import`: graphs of the user's own."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from rag.cli.common import AsJson, IndexDir, load_settings, print_json
from rag.errors import GraphImportError

if TYPE_CHECKING:
    from knowledge_graph.schema import Kind, Relation

_MOST_REASONS = 8


def add_to(app: typer.Typer) -> None:
    """Adds the commands to `rag graph`."""
    app.command("import")(import_command)
    app.command("imports")(imports_command)


def import_command(
    table: Annotated[Path, typer.Argument(help="A CSV or TSV of triples.")],
    name: Annotated[
        str | None, typer.Option(help="What to call it.  [default: the file's name]")
    ] = None,
    grounding: Annotated[
        bool,
        typer.Option("--allow-grounding", help="Let answers cite its sentences (grade D)."),
    ] = False,
    licence: Annotated[str, typer.Option(help="The licence of its sentences.")] = "",
    kind: Annotated[
        list[str] | None, typer.Option(help="What a kind in the table means: nutrient=SelfHelp.")
    ] = None,
    relation: Annotated[
        list[str] | None,
        typer.Option(help="What a relation means: linked=COMORBID_WITH; treats=-TREATED_BY swaps."),
    ] = None,
    index_dir: IndexDir = None,
    as_json: AsJson = False,
) -> None:
    """Takes in a literature-mined graph; `rag build` then puts it into the next version."""
    from rag.index.imports import About, add_import

    about = About(
        grounding=grounding,
        licence=licence,
        kinds=dict(_kind(text) for text in kind or ()),
        relations=dict(_relation(text) for text in relation or ()),
    )
    called = name or table.stem.lower().replace("_", "-").replace(" ", "-")
    one, found = add_import(load_settings(index_dir).index_dir, called, table, about)
    if as_json:
        print_json(
            {
                "name": one.name,
                "grounding": grounding,
                "rows": found.rows,
                "facts": len(found.facts),
                "new_entities": len(found.entities),
                "sentences": len(found.statements),
                "skipped": found.skipped,
            }
        )
        return
    print(
        f"Took in {one.name}: {len(found.facts)} facts from {found.rows} rows, "
        f"{len(found.statements)} sentences, {len(found.entities)} new entities"
    )
    for reason, count in list(found.skipped.items())[:_MOST_REASONS]:
        print(f"  left out {count}: {reason}")
    print(
        "Answers may cite its sentences, as grade D."
        if grounding
        else "It widens what is found. Answers cannot cite it unless you add --allow-grounding."
    )
    print("Run `rag build` to put it into the index.")


def imports_command(
    remove: Annotated[str | None, typer.Option(help="Remove the import of this name.")] = None,
    index_dir: IndexDir = None,
    as_json: AsJson = False,
) -> None:
    """Lists the graphs that were taken in, or removes one."""
    from rag.index.imports import imports_in, remove_import

    folder = load_settings(index_dir).index_dir
    if remove is not None:
        remove_import(folder, remove)
    found = imports_in(folder)
    if as_json:
        rows = [{"name": one.name, **one.about.model_dump(mode="json")} for one in found]
        print_json({"imports": rows, "removed": remove})
        return
    if remove is not None:
        print(f"Removed {remove}; run `rag build` for a version without it.")
    elif not found:
        print("There is no import; `rag graph import TABLE` takes one in.")
    for one in found:
        print(f"{one.name}  {'may be cited' if one.about.grounding else 'widens retrieval only'}")


def _kind(text: str) -> tuple[str, Kind]:
    from knowledge_graph.import_names import plain
    from knowledge_graph.schema import Kind

    word, _, value = text.partition("=")
    try:
        return plain(word), Kind(value)
    except ValueError:
        kinds = ", ".join(kind.value for kind in Kind)
        raise GraphImportError(f"--kind {text}: write WORD=KIND with one of {kinds}") from None


def _relation(text: str) -> tuple[str, tuple[Relation, bool]]:
    from knowledge_graph.import_names import plain
    from knowledge_graph.paths import CLINICAL

    word, _, value = text.partition("=")
    by_name = {relation.value: relation for relation in CLINICAL}
    relation = by_name.get(value.removeprefix("-"))
    if relation is None:
        raise GraphImportError(
            f"--relation {text}: write WORD=RELATION, or WORD=-RELATION to swap its ends, with "
            f"one of {', '.join(by_name)}"
        )
    return plain(word), (relation, value.startswith("-"))
