"""`rag build`: documents to an index version that is judged and then answers."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from rag.cli.build_report import print_judgement, print_plan, print_report, progress_bar
from rag.cli.common import AsJson, IndexDir, load_settings, print_json
from rag.jsonable import plain

if TYPE_CHECKING:
    from rag.settings import Settings


def build_command(
    paths: Annotated[
        list[Path] | None,
        typer.Argument(
            metavar="[PATH]...", help="Files and folders of documents.  [default: our corpus]"
        ),
    ] = None,
    index_dir: IndexDir = None,
    with_corpus: Annotated[
        bool, typer.Option("--with-corpus", help="Build from our own documents as well.")
    ] = False,
    with_fetched: Annotated[
        bool,
        typer.Option("--with-fetched", help="And from what `rag corpus fetch` has fetched."),
    ] = False,
    allow_unknown: Annotated[
        bool, typer.Option("--allow-unknown", help="Take documents that name no publisher.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show what would change, and build nothing.")
    ] = False,
    full: Annotated[
        bool, typer.Option("--full", help="Compute every vector anew instead of reusing.")
    ] = False,
    no_activate: Annotated[
        bool, typer.Option("--no-activate", help="Build only; go on answering from the old one.")
    ] = False,
    force: Annotated[
        bool, typer.Option("--force", help="Activate even what the promotion gate refuses.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Builds an index version, judges it, and answers from it from then on."""
    from rag.corpus.plan import plan_build
    from rag.corpus.update import update

    settings = load_settings(index_dir)
    chosen = _chosen(paths or [], settings, corpus=with_corpus, fetched=with_fetched)
    with progress_bar() as progress, _without_cycles():
        if dry_run:
            plan = plan_build(chosen, settings, progress=progress, allow_unknown=allow_unknown)
        else:
            done = update(
                chosen,
                settings,
                progress=progress,
                full=full,
                allow_unknown=allow_unknown,
                activate=not no_activate,
                force=force,
            )
    if dry_run:
        print_json(plan) if as_json else print_plan(plan)
        return
    refused = done.judgement.refused if done.judgement else ()
    if as_json:
        print_json({**plain(done.built), "refused": refused})
    else:
        print_report(done.built, settings.index_dir)
        print_judgement(done.judgement)
    if refused:
        raise typer.Exit(1)


def _chosen(paths: list[Path], settings: Settings, *, corpus: bool, fetched: bool) -> list[Path]:
    from corpora import documents_dir
    from rag.corpus.fetch import checked_files
    from rag.errors import CorpusError

    chosen = list(paths)
    if corpus or not paths:
        chosen.append(documents_dir())
    if fetched:
        files, bad = checked_files(settings.fetched_dir)
        if bad:
            path, reason = bad[0]
            raise CorpusError(f"{path}: {reason} ({len(bad)} such files)")
        chosen += files
    return chosen


@contextmanager
def _without_cycles() -> Iterator[None]:
    """Nothing looks for cycles of objects meanwhile: that takes a seventh of the time of a build,
    which makes none worth finding. What was made is not looked through afterwards either."""
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()
