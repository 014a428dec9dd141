"""`rag corpus fetch`: the official documents whose licence allows it, for `rag build`."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from rag.cli.common import AsJson, load_settings, print_json

if TYPE_CHECKING:
    from rag.corpus.fetch import FetchReport, Progress


def fetch_command(
    to: Annotated[
        Path | None, typer.Option(help="Folder to fetch into.  [default: RAG_FETCHED_DIR]")
    ] = None,
    only: Annotated[
        str | None, typer.Option(help="Only addresses and publishers that hold this text.")
    ] = None,
    refresh: Annotated[
        bool, typer.Option("--refresh", help="Fetch again what is there; say what has changed.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="List what would be fetched, and fetch nothing.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Downloads official documents whose licence allows it. Run it again to go on."""
    import corpora
    from rag.corpus.catalogue import read_catalogue
    from rag.corpus.fetch import fetch_all

    catalogue = read_catalogue(corpora.catalogue_file())
    entries = [
        entry
        for entry in catalogue.fetchable()
        if not only or only.lower() in f"{entry.publisher} {entry.url}".lower()
    ]
    if dry_run:
        if as_json:
            print_json(entries)
        for entry in () if as_json else entries:
            print(f"{entry.url}  ({entry.publisher}; {catalogue.licences[entry.licence].name})")
        return
    folder = to or load_settings().fetched_dir
    with _progress_bar() as progress:
        report = fetch_all(catalogue, folder, entries=entries, refresh=refresh, progress=progress)
    if as_json:
        print_json(report)
    else:
        _print(report, folder)
    if report.failed:
        raise typer.Exit(1)


@contextmanager
def _progress_bar() -> Iterator[Progress]:
    """On standard error, so that --json stays clean; nothing when that is no terminal."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    console = Console(stderr=True)
    columns = (BarColumn(), MofNCompleteColumn(), TextColumn("{task.description}", markup=False))
    with Progress(*columns, console=console, disable=not console.is_terminal) as bar:
        task = bar.add_task("")

        def progress(url: str, done: int, total: int) -> None:
            bar.update(task, description=url, completed=done, total=total)

        yield progress


def _print(report: FetchReport, folder: Path) -> None:
    print(
        f"{folder}: {len(report.fetched)} fetched, {len(report.unchanged)} there already, "
        f"{len(report.failed)} failed"
    )
    for url in report.changed:
        print(f"changed since it was last fetched: {url}")
    for url, reason in report.failed:
        print(f"failed: {url}: {' '.join(reason.split())}")
    if report.fetched or report.unchanged:
        print("`rag build --with-fetched` builds from them and from our own documents.")
