"""`rag verify`: is a sentence supported by the passages given?"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from rag.cli.common import (
    AsJson,
    Input,
    Output,
    load_settings,
    one_of,
    print_json,
    report_batch,
)
from rag.cli.jsonl import LineError, Record, run_batch, text_field
from rag.jsonable import plain


def verify_command(
    sentence: Annotated[str | None, typer.Option(help="The sentence to check.")] = None,
    passage: Annotated[
        list[str] | None, typer.Option(help="A passage it cites; give the option again for more.")
    ] = None,
    text: Annotated[
        Path | None, typer.Option(help="A whole text to check; - is standard input.")
    ] = None,
    against: Annotated[
        Path | None,
        typer.Option(help="Document or folder to check --text against.  [default: the index]"),
    ] = None,
    as_json: AsJson = False,
    input_file: Input = None,
    output_file: Output = None,
) -> None:
    """Checks sentences against passages: figures, negation, names, roles, entailment."""
    one_of(**{"--sentence": sentence, "--input": input_file, "--text": text})
    if against is not None and text is None:
        raise typer.BadParameter("--against goes with --text")
    if sentence is not None and not passage:
        raise typer.BadParameter("--sentence needs at least one --passage")
    settings = load_settings()
    if text is not None:
        from rag.cli.verify_text import check_text, print_checked

        checked, titles = check_text(text, against, settings)
        if as_json:
            print_json([{**plain(s), "titles": [titles[p] for p in s.passages]} for s in checked])
        else:
            print_checked(checked, titles)
        return
    from rag.encoders import open_encoder
    from rag.verify import open_gate

    gate = open_gate(
        open_encoder(settings.encoder), settings.verifier, settings.llm
    )  # needs no index
    if input_file is not None:

        def work(record: Record) -> Record:
            verdict = gate.judge(text_field(record, "sentence"), _passages(record))
            return {
                "supported": verdict.supported,
                "outcome": verdict.outcome,
                "support": verdict.support,
                "reasons": verdict.reasons,
            }

        report_batch(*run_batch(input_file, output_file, work))
        return
    verdict = gate.judge(sentence or "", passage or [])
    if as_json:
        print_json(verdict)
        return
    from rag.cli.render import print_verdict

    print_verdict(verdict)


def _passages(record: Record) -> list[str]:
    passages = record.get("passages")
    if not isinstance(passages, list) or not all(isinstance(p, str) for p in passages):
        raise LineError('the record needs "passages", a list of texts')
    return passages
