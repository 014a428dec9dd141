"""Graphs that the user brought: kept in the index folder, read into every later build.

`imports/NAME/triples.csv` is the table as it came, `imports/NAME/import.json` says how to read it
and whether its sentences may ground an answer.
"""

from __future__ import annotations

import hashlib
import re
import shutil
from collections.abc import Sequence
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

import corpora
from knowledge_graph.errors import GraphDataError
from knowledge_graph.graph import Sources
from knowledge_graph.imports import Imported, read_triples
from knowledge_graph.schema import Kind, Relation
from knowledge_graph.vocabulary import Vocabulary
from rag.errors import GraphImportError, NotFoundError
from rag.index.files import flush_folder, replace_file
from rag.index.graph_errors import graph_errors
from rag.model import EvidenceGrade, Passage, Source, SourceKind, passage_id, sha256_text

FOLDER = "imports"
TABLE, ABOUT = "triples.csv", "import.json"
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
_PUBMED = "https://pubmed.ncbi.nlm.nih.gov/"


class About(BaseModel):
    """How an import is read, and what it may be used for."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    grounding: bool = Field(
        False, description="Whether its sentences become passages that answers may cite."
    )
    licence: str = ""
    kinds: dict[str, Kind] = Field(default_factory=dict)
    relations: dict[str, tuple[Relation, bool]] = Field(default_factory=dict)


class Import:
    """One import in the index folder."""

    def __init__(self, folder: Path) -> None:
        """Raises:
        GraphImportError: it cannot be read.
        """
        self.name = folder.name
        self._folder = folder
        try:
            self.about = About.model_validate_json((folder / ABOUT).read_bytes())
            table = (folder / TABLE).read_bytes()
        except (OSError, ValidationError) as error:
            raise GraphImportError(
                f"{folder} is damaged: run `rag graph import` again, or delete it"
            ) from error
        said = self.about.model_dump_json().encode()
        self.sha256 = hashlib.sha256(said + b"\0" + table).hexdigest()

    def read(self, vocabulary: Vocabulary) -> Imported:
        """The graph, its ends merged with what `vocabulary` has.

        Raises:
            GraphDataError: the table cannot be read.
        """
        return read_triples(
            self._folder / TABLE,
            self.name,
            vocabulary,
            statement_id,
            kinds=self.about.kinds,
            relations=self.about.relations,
        )


def statement_id(source: str, sentence: str) -> str:
    """The id of an imported sentence, the same whether or not it becomes a passage."""
    return passage_id(source, "", sentence)


def imports_in(index_dir: Path) -> list[Import]:
    """Every import of an index folder, sorted by name.

    Raises:
        GraphImportError: one cannot be read.
    """
    folder = index_dir / FOLDER
    if not folder.is_dir():
        return []
    return [Import(path) for path in sorted(folder.iterdir()) if _NAME.fullmatch(path.name)]


def add_import(index_dir: Path, name: str, table: Path, about: About) -> tuple[Import, Imported]:
    """Takes a table in, in place of an earlier one of that name, if all of it can be read.

    Raises:
        GraphImportError: the name or the table cannot be used; nothing is changed.
        OSError: it could not be written.
    """
    if not _NAME.fullmatch(name):
        raise GraphImportError(
            f"{name!r} cannot be the name of an import: take up to 40 small letters, digits and -"
        )
    folder = index_dir / FOLDER
    beside = folder / f".{name}"
    shutil.rmtree(beside, ignore_errors=True)
    beside.mkdir(parents=True)
    try:
        with graph_errors():
            try:
                shutil.copyfile(table, beside / TABLE)
            except OSError as error:
                raise GraphDataError(f"{table}: {error.strerror}") from error
            (beside / ABOUT).write_text(about.model_dump_json(indent=1) + "\n", encoding="utf-8")
            vocabulary = Sources.shipped(corpora.facts_dir()).vocabulary
            found = read_triples(
                table,
                name,
                vocabulary,
                statement_id,
                kinds=about.kinds,
                relations=about.relations,
            )
        target = folder / name
        if target.exists():
            for part in (TABLE, ABOUT):
                replace_file(target / part, (beside / part).read_bytes())
        else:
            beside.rename(target)
            flush_folder(folder)
    finally:
        shutil.rmtree(beside, ignore_errors=True)
    return Import(target), found


def remove_import(index_dir: Path, name: str) -> None:
    """Removes an import; versions that were built with it stay as they are.

    Raises:
        NotFoundError: there is none of that name.
    """
    folder = index_dir / FOLDER / name
    if not _NAME.fullmatch(name) or not folder.is_dir():
        raise NotFoundError(f"No import is called {name!r}; `rag graph imports` lists them")
    shutil.rmtree(folder.rename(folder.with_name(f".{name}")))


def imports_sha256(imports: Sequence[Import]) -> str:
    """Hex SHA-256 over everything about the imports that decides what a version holds; "" for
    none."""
    if not imports:
        return ""
    text = "".join(f"{one.name} {one.sha256}\n" for one in imports)
    return hashlib.sha256(text.encode()).hexdigest()


def grounding_documents(
    imports: Sequence[Import],
) -> list[tuple[Source, tuple[Passage, ...]]]:
    """The papers whose sentences may be cited: a source each, and a passage a sentence.

    Raises:
        GraphImportError: a table cannot be read.
    """
    if not any(one.about.grounding for one in imports):
        return []
    with graph_errors():
        return _documents(imports, Sources.shipped(corpora.facts_dir()).vocabulary)


def _documents(
    imports: Sequence[Import], vocabulary: Vocabulary
) -> list[tuple[Source, tuple[Passage, ...]]]:
    by_source: dict[str, dict[str, Passage]] = {}
    licences: dict[str, str] = {}
    for one in imports:
        if one.about.grounding:
            for key, statement in one.read(vocabulary).statements.items():
                passages = by_source.setdefault(statement.source, {})
                passages.setdefault(key, _passage(key, statement.source, statement.text))
                licences.setdefault(statement.source, one.about.licence)
    return [
        (_source(name, licences[name], list(passages.values())), tuple(passages.values()))
        for name, passages in sorted(by_source.items())
    ]


def _passage(key: str, source: str, text: str) -> Passage:
    return Passage(
        id=key,
        source_id=source,
        text=text,
        heading=(),
        start=0,
        end=len(text),
        pages=(),
        sentences=((0, len(text)),),
        sha256=sha256_text(text),
    )


def _source(name: str, licence: str, passages: Sequence[Passage]) -> Source:
    number = name.removeprefix("pmid-")
    paper = number != name
    return Source(
        id=name,
        title=f"PubMed {number}" if paper else name,
        publisher="PubMed" if paper else name,
        sha256=sha256_text("\n".join(passage.text for passage in passages)),
        kind=SourceKind.OTHER,
        audience="clinician",
        url=f"{_PUBMED}{number}/" if paper else "",
        licence=licence,
        grade=EvidenceGrade.D,
        review="mined from the literature, not reviewed",
    )
