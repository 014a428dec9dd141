"""`rag corpus`: holds the shipped corpus to its rules, and fetches the documents it rests on."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from rag.cli.common import AsJson, load_settings, print_json
from rag.cli.corpus_fetch import fetch_command

if TYPE_CHECKING:
    from rag.corpus.check import CorpusFiles, CorpusReport

app = typer.Typer(
    name="corpus",
    help="Checks the shipped documents, and fetches the official ones that they rest on.",
    no_args_is_help=True,
    add_completion=False,
)
app.command("fetch")(fetch_command)

Folder = Annotated[
    Path | None,
    typer.Option(
        "--corpus", help="Folder with documents/, crisis/ and catalogue.toml.  [default: ours]"
    ),
]


@app.command("check")
def check_command(
    corpus: Folder = None,
    sources: Annotated[
        Path | None,
        typer.Option(help="Folder of original texts that no sentence may be copied from."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Checks documents, catalogue and crisis lines; exit code 1 when one breaks a rule."""
    from rag.corpus.check import check_corpus
    from rag.encoders import open_encoder

    encoder = open_encoder(load_settings().encoder)
    report = check_corpus(
        _files(corpus), encoder.count_tokens, today=dt.date.today(), sources=sources
    )
    if as_json:
        print_json(report)
    else:
        _print(report)
    if not report.clean:
        raise typer.Exit(1)


@app.command("catalogue")
def catalogue_command(
    corpus: Folder = None,
    update: Annotated[
        bool, typer.Option("--update", help="Write what the documents say into the catalogue.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Lists the official documents that ours rest on, with what each licence permits."""
    from rag.corpus.catalogue import read_catalogue, to_toml, updated
    from rag.corpus.documents import load

    files = _files(corpus)
    catalogue = read_catalogue(files.catalogue)
    if update:
        documents, _ = load(files.documents)
        before = {entry.url for entry in catalogue.entries}
        catalogue = updated(catalogue, documents)
        files.catalogue.write_text(to_toml(catalogue), encoding="utf-8")
        after = {entry.url for entry in catalogue.entries}
        print(f"{files.catalogue}: {len(after - before)} added, {len(before - after)} removed")
    if as_json:
        print_json(catalogue)
        return
    by_licence = Counter(entry.licence for entry in catalogue.entries)
    print(f"{len(catalogue.entries)} documents, {len(catalogue.fetchable())} can be fetched")
    for name, count in by_licence.most_common():
        licence = catalogue.licences[name]
        print(f"{count:>5}  {licence.name}: {licence.permits}")


def _files(corpus: Path | None) -> CorpusFiles:
    from corpora import documents_dir
    from rag.corpus.check import CorpusFiles

    return CorpusFiles.below(corpus or documents_dir().parent)


def _print(report: CorpusReport) -> None:
    from rag.corpus.findings import Level

    for finding in report.findings:
        print(f"{finding.level}: {finding.where}: {finding.rule}: {finding.message}")
    counts = Counter(finding.level for finding in report.findings)
    print(
        f"{report.documents} documents, {report.statements} statements, mean reading grade "
        f"{report.reading_grade:.1f}: {counts[Level.ERROR]} errors, "
        f"{counts[Level.WARNING]} warnings"
    )
