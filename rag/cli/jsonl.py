"""JSON Lines in and out: order kept, every input field kept, bad lines reported in place."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

from rag.errors import RagError, SettingsError
from rag.jsonable import dumps, plain

Record = dict[str, Any]


class LineError(RagError):
    """One line of a batch cannot be worked on. Its record says why; the others go on."""


def run_batch(source: Path, target: Path | None, work: Callable[[Record], Any]) -> tuple[int, int]:
    """Reads `source`, writes one record a line to `target` (None or "-": standard output).

    `work` gets a record and returns what to add to it. A field that the input already has is
    never overwritten: the added one is then named `answer_<field>`, with as many `answer_` as it
    takes. A line that is not a JSON object, or whose work raises RagError, gets an `error` field
    instead of stopping the run.

    Returns:
        Lines worked on, and how many of them got an `error`.

    Raises:
        SettingsError: the input cannot be read, or the output is the input.
    """
    total = failed = 0
    with _reader(source) as lines, _writer(source, target) as sink:
        for number, raw in enumerate(lines, start=1):
            line = raw.removeprefix(b"\xef\xbb\xbf") if number == 1 else raw
            if not line.strip():
                continue
            record, done = _worked(line, number, work)
            total += 1
            failed += not done
            sink.write((dumps(record) + "\n").encode("utf-8"))
            sink.flush()
    return total, failed


def text_field(record: Record, name: str) -> str:
    """The text under `name`.

    Raises:
        LineError: it is missing or not text.
    """
    value = record.get(name)
    if not isinstance(value, str):
        raise LineError(f'the record needs a text field "{name}"')
    return value


def _worked(line: bytes, number: int, work: Callable[[Record], Any]) -> tuple[Record, bool]:
    record: Record = {"line": number}
    try:
        record = _parse(line)
        return _merged(record, plain(work(record))), True
    except RagError as error:
        return _merged(record, {"error": str(error)}), False


def _merged(record: Record, added: Record) -> Record:
    merged = dict(record)
    for name, value in added.items():
        while name in merged:
            name = f"answer_{name}"
        merged[name] = value
    return merged


def _parse(line: bytes) -> Record:
    try:
        record = json.loads(line.decode("utf-8"), parse_constant=_no_constant)
    except UnicodeDecodeError:
        raise LineError("the line is not UTF-8 text") from None
    except (ValueError, RecursionError) as error:
        raise LineError(f"the line is not JSON: {error}") from None
    if not isinstance(record, dict):
        raise LineError("the line is not a JSON object")
    return record


def _no_constant(name: str) -> float:
    raise ValueError(f"{name} is not a JSON number")


@contextmanager
def _reader(source: Path) -> Iterator[BinaryIO]:
    if str(source) == "-":
        yield sys.stdin.buffer
        return
    try:
        stream = source.open("rb")
    except OSError as error:
        raise SettingsError(f"--input {source}: {error.strerror}") from error
    with stream:
        yield stream


@contextmanager
def _writer(source: Path, target: Path | None) -> Iterator[BinaryIO]:
    if target is None or str(target) == "-":
        yield sys.stdout.buffer
        return
    if target.exists() and source.exists() and target.samefile(source):
        raise SettingsError(f"--output {target} is the input; name another file")
    try:
        stream = target.open("wb")
    except OSError as error:
        raise SettingsError(f"--output {target}: {error.strerror}") from error
    with stream:
        yield stream
