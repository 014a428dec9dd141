"""The documents of the catalogue that may be downloaded, into a folder that a build can read.

Beside each document lies a side-car with what the catalogue says of it, and `fetched.json` records
address, SHA-256, size and time of every file.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import re
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from rag.corpus.catalogue import Catalogue, Entry
from rag.corpus.download import Downloader
from rag.errors import CorpusError, FetchError

RECORDS = "fetched.json"
DELAY_S = 2.0
"""Seconds between two requests to one host."""
_ATTEMPTS = 3
_NOT_NAME = re.compile(r"[^a-z0-9]+")
_LONGEST_NAME = 80

Progress = Callable[[str, int, int], None]
"""Called with an address, documents done, documents in all."""


@dataclass(frozen=True, slots=True)
class Record:
    """What is known of a file: its name in the folder, its bytes, and where they came from."""

    url: str
    file: str
    sha256: str
    size: int
    etag: str
    fetched_at: str
    replaced_sha256: str = ""
    """SHA-256 of the bytes that the publisher had before, when they changed."""


@dataclass(frozen=True, slots=True)
class FetchReport:
    """Addresses by what became of them. `changed` are among the fetched."""

    fetched: tuple[str, ...]
    unchanged: tuple[str, ...]
    changed: tuple[str, ...]
    failed: tuple[tuple[str, str], ...]
    """(address, reason)"""


def fetch_all(
    catalogue: Catalogue,
    folder: Path,
    *,
    entries: Sequence[Entry] | None = None,
    refresh: bool = False,
    downloader: Downloader | None = None,
    delay_s: float = DELAY_S,
    progress: Progress | None = None,
) -> FetchReport:
    """Downloads what is not there yet. Can be stopped and called again.

    Args:
        entries: those to fetch; by default all whose licence allows it.
        refresh: fetch what is there again, and say what has changed.
        downloader: by default one for the hosts of the catalogue.

    Raises:
        CorpusError: an entry's licence does not allow it, or the folder's records are damaged.
    """
    wanted = catalogue.fetchable() if entries is None else entries
    for entry in wanted:
        if not catalogue.licences[entry.licence].fetch:
            raise CorpusError(f"{entry.url}: the licence ({entry.licence}) allows no download")
    get = downloader or Downloader({urlsplit(entry.url).hostname or "" for entry in wanted})
    folder.mkdir(parents=True, exist_ok=True)
    records = read_records(folder)
    asked: dict[str, float] = {}
    fetched: list[str] = []
    unchanged: list[str] = []
    changed: list[str] = []
    failed: list[tuple[str, str]] = []
    for done, entry in enumerate(wanted):
        if progress:
            progress(entry.url, done, len(wanted))
        known = records.get(entry.url)
        intact = known is not None and _matches(folder, known)
        if known and intact and not refresh:
            _write_side_car(folder / known.file, entry)
            unchanged.append(entry.url)
            continue
        try:
            record = _fetch_one(get, entry, folder, known, asked, delay_s)
        except FetchError as error:
            failed.append((entry.url, str(error)))
            continue
        if known and intact and known.sha256 == record.sha256:
            unchanged.append(entry.url)
        else:
            fetched.append(entry.url)
            if known and known.sha256 != record.sha256:
                changed.append(entry.url)
        records[entry.url] = record
        _write_records(folder, records.values())
    if progress:
        progress("", len(wanted), len(wanted))
    return FetchReport(tuple(fetched), tuple(unchanged), tuple(changed), tuple(failed))


def read_records(folder: Path) -> dict[str, Record]:
    """What was fetched into `folder`, by address; nothing when it holds no records.

    Raises:
        CorpusError: the records cannot be read.
    """
    path = folder / RECORDS
    if not path.exists():
        return {}
    try:
        rows = json.loads(path.read_text(encoding="utf-8"))
        return {row["url"]: _record(row) for row in rows}
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise CorpusError(f"{path} is damaged ({error}). Delete it and fetch again.") from error


def _record(row: dict[str, Any]) -> Record:
    record = Record(**row)
    if Path(record.file).name != record.file:
        raise ValueError(f"{record.file!r} is not the name of a file in the folder")
    return record


def checked_files(folder: Path) -> tuple[list[Path], list[tuple[str, str]]]:
    """The fetched files whose bytes are those recorded, and (path, reason) of the others.

    Raises:
        CorpusError: nothing was fetched into the folder, or its records are damaged.
    """
    records = read_records(folder)
    if not records:
        raise CorpusError(f"Nothing was fetched into {folder}: run `rag corpus fetch` first.")
    good: list[Path] = []
    bad: list[tuple[str, str]] = []
    for record in sorted(records.values(), key=lambda record: record.file):
        if _matches(folder, record):
            good.append(folder / record.file)
        else:
            reason = "missing or changed since it was fetched; run `rag corpus fetch` again"
            bad.append((str(folder / record.file), reason))
    return good, bad


def _fetch_one(
    get: Downloader,
    entry: Entry,
    folder: Path,
    known: Record | None,
    asked: dict[str, float],
    delay_s: float,
) -> Record:
    host = urlsplit(entry.url).hostname or ""
    stem = folder / _name(entry.url)
    for attempt in range(1, _ATTEMPTS + 1):
        time.sleep(max(0.0, asked.get(host, 0.0) + delay_s - time.monotonic()))
        asked[host] = time.monotonic()
        try:
            found = get.fetch(entry.url, stem)
            break
        except FetchError as error:
            if attempt == _ATTEMPTS or not error.again:
                raise
    _write_side_car(found.path, entry)
    replaced = known.sha256 if known and known.sha256 != found.sha256 else ""
    return Record(
        url=entry.url,
        file=found.path.name,
        sha256=found.sha256,
        size=found.size,
        etag=found.etag,
        fetched_at=dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
        replaced_sha256=replaced,
    )


def _name(url: str) -> str:
    """A file name that no other address has, and that can be read."""
    parts = urlsplit(url)
    readable = f"{parts.hostname}{parts.path.removesuffix('.html').removesuffix('.pdf')}".lower()
    digest = hashlib.sha256(url.encode()).hexdigest()[:8]
    return f"{_NOT_NAME.sub('-', readable).strip('-')[:_LONGEST_NAME].strip('-')}-{digest}"


def _write_side_car(path: Path, entry: Entry) -> None:
    """What the catalogue knows. Grade B: information of an official body (docs/corpus.md)."""
    fields = {
        "id": path.stem,
        "title": entry.title,
        "publisher": entry.publisher,
        "edition": entry.edition,
        "jurisdiction": entry.jurisdiction,
        "language": entry.language,
        "url": entry.url,
        "licence": entry.licence,
        "grade": "B",
    }
    text = "".join(f"{k} = {json.dumps(v, ensure_ascii=False)}\n" for k, v in fields.items() if v)
    path.with_name(path.name + ".toml").write_text(text, encoding="utf-8")


def _matches(folder: Path, record: Record) -> bool:
    try:
        data = (folder / record.file).read_bytes()
    except OSError:
        return False
    return hashlib.sha256(data).hexdigest() == record.sha256


def _write_records(folder: Path, records: Iterable[Record]) -> None:
    rows = [asdict(record) for record in sorted(records, key=lambda record: record.url)]
    beside = folder / f".{RECORDS}.new"
    beside.write_text(json.dumps(rows, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    beside.replace(folder / RECORDS)
