"""`rag index`: the versions on the disk."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from rag.cli.common import AsJson, IndexDir, load_settings, print_json

if TYPE_CHECKING:
    from rag.index.store import IndexStore, VersionState

app = typer.Typer(
    name="index",
    help="Lists, checks and switches index versions.",
    no_args_is_help=True,
    add_completion=False,
)

Id = Annotated[str, typer.Argument(help="A version's id, as `rag index list` shows it.")]
IdOrActive = Annotated[
    str | None, typer.Argument(metavar="[ID]", help="A version's id.  [default: the active one]")
]


@app.command("list")
def list_command(index_dir: IndexDir = None, as_json: AsJson = False) -> None:
    """Lists the versions, newest first; * marks the active one."""
    states = _store(index_dir).versions()
    if as_json:
        print_json({"versions": [_summary(state) for state in states]})
        return
    if not states:
        print("There is no index version; `rag build` builds one.")
    for state in states:
        mark = "*" if state.active else " "
        if state.manifest is None:
            print(f"{mark} {state.id}  {state.problem}")
            continue
        counts = state.manifest.counts
        print(
            f"{mark} {state.id}  {state.manifest.built_at:%Y-%m-%d %H:%M} UTC  "
            f"{counts.sources} sources, {counts.passages} passages  {state.manifest.encoder.name}"
        )


@app.command("show")
def show_command(
    version_id: IdOrActive = None, index_dir: IndexDir = None, as_json: AsJson = False
) -> None:
    """Shows what a version holds and what it was made with."""
    manifest = _store(index_dir).manifest(version_id)
    if as_json:
        print_json(manifest.model_dump(mode="json"))
        return
    size = sum(file.size for file in manifest.files.values())
    print(f"version   {manifest.id}")
    print(f"built     {manifest.built_at:%Y-%m-%d %H:%M:%S} UTC")
    print(f"encoder   {manifest.encoder.name}, {manifest.encoder.sha256[:12]}")
    print(f"chunker   {manifest.chunker}")
    print(f"passages  {manifest.counts.passages} ({manifest.counts.sentences} sentences)")
    print(f"size      {size / 2**20:.1f} MiB in {len(manifest.files)} files")
    print(f"sources   {manifest.counts.sources}")
    for source in manifest.sources:
        edition = f"@{source.edition}" if source.edition else ""
        print(f"  {source.id}{edition}: {source.title} ({source.passages} passages)")


@app.command("verify")
def verify_command(
    version_id: IdOrActive = None, index_dir: IndexDir = None, as_json: AsJson = False
) -> None:
    """Hashes every file of a version and compares it with the manifest."""
    manifest = _store(index_dir).verify(version_id)
    if as_json:
        print_json({"id": manifest.id, "intact": True, "files": len(manifest.files)})
    else:
        print(f"Version {manifest.id} is intact: {len(manifest.files)} files match the manifest.")


@app.command("activate")
def activate_command(version_id: Id, index_dir: IndexDir = None, as_json: AsJson = False) -> None:
    """Verifies a version and answers from it from then on."""
    _report_active(_store(index_dir).activate(version_id).id, as_json)


@app.command("rollback")
def rollback_command(index_dir: IndexDir = None, as_json: AsJson = False) -> None:
    """Goes back to the version that was active before."""
    _report_active(_store(index_dir).rollback().id, as_json)


@app.command("prune")
def prune_command(
    keep: Annotated[
        int | None, typer.Option(min=2, help="Versions to keep.  [default: RAG_KEEP_VERSIONS]")
    ] = None,
    index_dir: IndexDir = None,
    as_json: AsJson = False,
) -> None:
    """Deletes old versions; never the active one nor the one that a rollback goes to."""
    settings = load_settings(index_dir)
    gone = _store(index_dir).prune(keep or settings.keep_versions)
    if as_json:
        print_json({"deleted": gone})
    else:
        print(f"Deleted {len(gone)} versions{': ' if gone else ''}{', '.join(gone)}")


@app.command("diff")
def diff_command(
    before: Annotated[str, typer.Argument(metavar="A", help="Id of the first version.")],
    after: Annotated[str, typer.Argument(metavar="B", help="Id of the second version.")],
    questions: Annotated[
        Path | None, typer.Option(help='JSON Lines, {"question"} each.  [default: canaries]')
    ] = None,
    index_dir: IndexDir = None,
    as_json: AsJson = False,
) -> None:
    """Shows what an answer would say and cite differently."""
    from rag.cli.eval_answers import read_questions
    from rag.corpus.compare import compare

    chosen = [str(row["question"]) for row in read_questions(questions)] if questions else None
    asked, found = compare(load_settings(index_dir), before, after, chosen)
    if as_json:
        print_json({"asked": asked, "differences": found})
        return
    print(f"{len(found)} of {asked} questions get another answer")
    for row in found:
        print(f"{row.question}\n  {row.before.status} -> {row.after.status}")
        for sign, names in (("-", row.no_longer_cited), ("+", row.newly_cited)):
            for name in names:
                print(f"  {sign} cites {name}")
        for sign, ours, others in (
            ("-", row.before.sentences, row.after.sentences),
            ("+", row.after.sentences, row.before.sentences),
        ):
            for sentence in ours:
                if sentence not in others:
                    print(f"  {sign} {sentence}")


def _store(index_dir: Path | None) -> IndexStore:
    from rag.index.store import IndexStore

    return IndexStore(load_settings(index_dir).index_dir)


def _report_active(version_id: str, as_json: bool) -> None:
    if as_json:
        print_json({"active": version_id})
    else:
        print(f"Version {version_id} is active.")


def _summary(state: VersionState) -> dict[str, object]:
    summary: dict[str, object] = {"id": state.id, "active": state.active, "problem": state.problem}
    if state.manifest is not None:
        summary["built_at"] = state.manifest.built_at.isoformat()
        summary["encoder"] = state.manifest.encoder.name
        summary["counts"] = state.manifest.counts.model_dump()
    return summary
