"""The passages and sources of an index version, in one SQLite file."""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from threading import Lock
from typing import Any

from pydantic import TypeAdapter

from rag.errors import NotFoundError
from rag.model import AskedQuestion, Passage, Source

# A change to these tables needs a new FORMAT_VERSION in content.py.
_SCHEMA = """
CREATE TABLE sources (
    row INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,   -- the id, or id@edition where several editions are in
    id TEXT NOT NULL,
    edition TEXT NOT NULL,
    data TEXT NOT NULL,          -- rag.model.Source as JSON
    UNIQUE (id, edition)
) STRICT;
CREATE TABLE passages (
    row INTEGER PRIMARY KEY,     -- 0, 1, 2 ... in the order of ids
    id TEXT NOT NULL UNIQUE,
    source INTEGER NOT NULL REFERENCES sources (row),
    text TEXT NOT NULL,
    heading TEXT NOT NULL,       -- JSON list of texts
    start INTEGER NOT NULL,
    "end" INTEGER NOT NULL,
    pages TEXT NOT NULL,         -- JSON list of numbers
    sentences TEXT NOT NULL,     -- JSON list of [start, end]
    sentence_count INTEGER NOT NULL,
    sha256 TEXT NOT NULL,
    asked TEXT NOT NULL,         -- JSON list of [question, [sentence, ...]]
    asked_count INTEGER NOT NULL
) STRICT;
"""
_COLUMNS = (
    'p.id, s.name, p.text, p.heading, p.start, p."end", p.pages, p.sentences, p.sha256, p.asked'
)
_JOIN = "passages AS p JOIN sources AS s ON p.source = s.row"
_BATCH = 500  # ids in one statement; SQLite's own limit was 999 until 3.32
_SOURCE = TypeAdapter(Source)

_json = json.JSONEncoder(ensure_ascii=False).encode  # made once: `dumps` makes one a call


def source_names(sources: Iterable[Source]) -> list[str]:
    """What each source is called within one version: its id, or `id@edition` for every edition
    of an id that is in more than once."""
    listed = list(sources)
    editions = Counter(source.id for source in listed)
    return [s.id if editions[s.id] == 1 else f"{s.id}@{s.edition}" for s in listed]


def write_passages(
    path: Path, sources: Sequence[Source], passages: Sequence[tuple[int, Passage]]
) -> None:
    """Writes the store. `passages` are (position in `sources`, passage), sorted by passage id.

    Raises:
        sqlite3.Error: the file could not be written.
    """
    with closing(sqlite3.connect(path, isolation_level=None)) as database:
        # The folder is thrown away when a build stops half-way, so no journal is needed.
        database.execute("PRAGMA journal_mode = OFF")
        database.execute("PRAGMA synchronous = OFF")
        database.executescript(_SCHEMA)
        database.execute("BEGIN")
        names = source_names(sources)
        database.executemany(
            "INSERT INTO sources VALUES (?, ?, ?, ?, ?)",
            (
                (row, name, source.id, source.edition, _SOURCE.dump_json(source).decode())
                for row, (name, source) in enumerate(zip(names, sources, strict=True))
            ),
        )
        database.executemany(
            "INSERT INTO passages VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (_row(row, source, passage) for row, (source, passage) in enumerate(passages)),
        )
        database.execute("COMMIT")


class PassageStore:
    """Reads the passages of one version. Threads may share it."""

    def __init__(self, path: Path) -> None:
        # Immutable: no locks, no journal, and no write to a version that is meant never to change.
        uri = f"{path.resolve().as_uri()}?mode=ro&immutable=1"
        self._database = sqlite3.connect(uri, uri=True, check_same_thread=False)
        self._lock = Lock()
        rows = self._all(
            "SELECT id, source, sentence_count, asked_count FROM passages ORDER BY row"
        )
        self.ids: list[str] = [row[0] for row in rows]
        """Passage ids by row."""
        self.source_rows: list[int] = [row[1] for row in rows]
        """The row in `sources` of each passage's source, by passage row."""
        self.sentence_counts: list[int] = [row[2] for row in rows]
        """Sentences in each passage, by row."""
        self.asked_counts: list[int] = [row[3] for row in rows]
        """Questions that each passage is known to answer, by row."""
        self.sources: list[Source] = []
        """Sources by row: sorted by id, then edition."""
        self._named: dict[str, list[int]] = {}
        for row, source_id, edition, data in self._all(
            "SELECT row, id, edition, data FROM sources ORDER BY row"
        ):
            self.sources.append(_SOURCE.validate_json(data))
            self._named.setdefault(source_id, []).append(row)
            self._named.setdefault(f"{source_id}@{edition}", []).append(row)

    def source_rows_named(self, name: str) -> list[int]:
        """Rows of the sources called `name`: `id@edition` is one, `id` alone is every edition."""
        return self._named.get(name, [])

    def get(self, passage_ids: Sequence[str]) -> list[Passage]:
        """The passages, in the order asked.

        Raises:
            NotFoundError: an id is not in this version.
        """
        found: dict[str, Passage] = {}
        for first in range(0, len(passage_ids), _BATCH):
            batch = list(passage_ids[first : first + _BATCH])
            marks = ", ".join("?" * len(batch))
            # Only question marks are put into the statement, never a value.
            query = f"SELECT {_COLUMNS} FROM {_JOIN} WHERE p.id IN ({marks})"  # noqa: S608
            found.update((row[0], _passage(row)) for row in self._all(query, batch))
        try:
            return [found[passage_id] for passage_id in passage_ids]
        except KeyError as error:
            raise NotFoundError(
                f"No passage {error.args[0]} in this index version; `rag retrieve` lists ids"
            ) from None

    def __iter__(self) -> Iterator[Passage]:
        """Every passage, by row."""
        query = f"SELECT {_COLUMNS} FROM {_JOIN} ORDER BY p.row"  # noqa: S608
        return iter([_passage(row) for row in self._all(query)])

    def close(self) -> None:
        """Closes the file."""
        self._database.close()

    def _all(self, query: str, values: Sequence[str] = ()) -> list[Any]:
        with self._lock:
            return self._database.execute(query, values).fetchall()


def _row(row: int, source: int, passage: Passage) -> tuple[object, ...]:
    return (
        row,
        passage.id,
        source,
        passage.text,
        _json(passage.heading),
        passage.start,
        passage.end,
        _json(passage.pages),
        _json(passage.sentences),
        len(passage.sentences),
        passage.sha256,
        _json([(each.text, each.answered_by) for each in passage.asked]),
        len(passage.asked),
    )


def _passage(row: Sequence[Any]) -> Passage:
    passage_id, source, text, heading, start, end, pages, sentences, sha256, asked = row
    return Passage(
        id=passage_id,
        source_id=source,
        text=text,
        heading=tuple(json.loads(heading)),
        start=start,
        end=end,
        pages=tuple(json.loads(pages)),
        sentences=tuple((first, last) for first, last in json.loads(sentences)),
        sha256=sha256,
        asked=tuple(AskedQuestion(text, tuple(by)) for text, by in json.loads(asked)),
    )
