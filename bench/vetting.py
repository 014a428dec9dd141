"""Holds every statement of the shipped documents against the originals at hand, with the gate.

    python bench/vetting.py ../shared/data/sources --report vetting.jsonl

The originals (PDF, Markdown and HTML files, and MedQuAD's answers on mental health, sleep,
dementia, alcohol and drugs) are built into an index of their own, in --index-dir, once. For each
statement the nearest passages are found, and the gate judges the statement against the best three
together, then against each, until one supports it. Printed is a row a document; the report lists,
weakest first, the statements that nothing supports, with the passage that came nearest. The gate
is strict: what it does not pass may still be a fair paraphrase, and wants an eye, not a deletion.
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import corpora
from rag.corpus.documents import CorpusDocument, load
from rag.engine import Engine
from rag.errors import DocumentError
from rag.evaluation import medquad
from rag.index.build import build_documents
from rag.ingest import parse
from rag.jsonable import dumps
from rag.model import Block, BlockKind, Document, Source, sha256_text
from rag.sentences import sentence_spans
from rag.settings import IngestSettings, Settings

NEAREST = 5  # passages looked at for each statement
TOGETHER = 3  # of these, judged as one text
_SUFFIXES = frozenset({".pdf", ".md", ".html", ".htm"})
_SUBJECTS = re.compile(
    r"depress|anxi|panic|bipolar|schizo|psycho|autis|adhd|attention deficit|eating disorder|"
    r"anorexia|bulimia|obsessive|compulsive|ptsd|trauma|stress|suicid|self-harm|personality|"
    r"phobia|insomnia|sleep|dementia|alzheimer|delirium|alcohol|drug|opioid|heroin|cocaine|"
    r"marijuana|methamphet|nicotine|smoking|tobacco|gambling|addict|substance|mental|mood|grief|"
    r"bereave|postpartum|tourette|\btics?\b|hoarding|conversion|somat|dissociat|dyslexia|learning",
    re.IGNORECASE,
)
# Advice to turn to somebody carries no clinical fact of its own.
_SEEK_HELP = re.compile(r"urgent help|help now|when to get help|when to see", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Statement:
    """A sentence of ours, and what the gate makes of it."""

    document: str
    heading: str
    text: str
    supported: bool
    support: float
    nearest: str
    nearest_source: str

    @property
    def seeks_help(self) -> bool:
        """Whether it stands where readers are told whom to turn to."""
        return bool(_SEEK_HELP.search(self.heading))


def main() -> None:
    """Prints the table and writes the report."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("sources", type=Path)
    parser.add_argument("--index-dir", type=Path, default=Path("indexes/originals"))
    parser.add_argument("--report", type=Path, default=Path("vetting.jsonl"))
    parser.add_argument("--only", nargs="*", default=[], help="ids of documents")
    arguments = parser.parse_args()
    settings = Settings(index_dir=arguments.index_dir)
    if not (arguments.index_dir / "CURRENT").exists():
        report = build_documents(originals(arguments.sources), settings)
        print(f"{report.sources} originals, {report.passages} passages")
    documents, _ = load(corpora.documents_dir())
    chosen = [d for d in documents if not arguments.only or d.path.stem in arguments.only]
    with Engine.open(settings) as engine:
        judged = [statement for document in chosen for statement in judge(engine, document)]
    print(table(judged, chosen))
    left = sorted((s for s in judged if not s.supported), key=lambda s: (s.seeks_help, s.support))
    arguments.report.write_text("".join(dumps(s) + "\n" for s in left), encoding="utf-8")
    print(f"{len(left)} statements that the gate does not pass are in {arguments.report}")


def originals(folder: Path) -> Iterator[tuple[str, Document]]:
    """Every file below `folder` that can be read, and MedQuAD's answers on our subjects."""
    for path in sorted(folder.rglob("*")):
        if path.suffix.lower() in _SUFFIXES and path.name.lower() != "readme.md":
            try:
                document = parse(path, IngestSettings())
            except DocumentError as error:
                print(f"left out: {error}")
                continue
            yield str(path), _renamed(document, path.parent.name)
    for archive in sorted(folder.rglob("*.tar.gz")):
        for pair in medquad.read(archive.parent):
            if _SUBJECTS.search(pair.topic):
                yield pair.id, _answer(pair)


def _renamed(document: Document, folder: str) -> Document:
    """Pages and brochures share names; the folder tells them apart."""
    source = replace(document.source, id=f"{folder}-{document.source.id}", language="en")
    return replace(document, source=source)


def _answer(pair: medquad.Pair) -> Document:
    name = re.sub(r"[^a-z0-9]+", "-", pair.id.lower()).strip("-")
    source = Source(name, pair.topic, "MedQuAD", sha256_text(pair.answer), edition="2019")
    heading = Block(BlockKind.HEADING, pair.question, level=1)
    return Document(source, (heading, Block(BlockKind.PARAGRAPH, pair.answer)))


def judge(engine: Engine, document: CorpusDocument) -> Iterator[Statement]:
    """Each statement of the document against what is nearest to it among the originals."""
    heading = ""
    for line in document.body.split("\n"):
        if line.startswith("#"):
            heading = line.lstrip("# ")
            continue
        text = re.sub(r"^\s*(?:[-*]|\d+\.)\s+", "", line)
        for start, end in sentence_spans(text):
            yield _judged(engine, document.path.stem, heading, text[start:end].strip())


def _judged(engine: Engine, document: str, heading: str, text: str) -> Statement:
    found = engine.retrieve(text, top_k=NEAREST).evidence
    texts = [evidence.passage.text for evidence in found]
    tried = [engine.verify(text, texts[:TOGETHER])]
    for one in texts:
        if tried[-1].supported:
            break
        tried.append(engine.verify(text, [one]))
    place, best = max(enumerate(tried), key=lambda item: (item[1].supported, item[1].support))
    nearest = found[max(0, place - 1)]
    return Statement(
        document=document,
        heading=heading,
        text=text,
        supported=best.supported,
        support=best.support,
        nearest=nearest.passage.text,
        nearest_source=nearest.source.id,
    )


def table(judged: Sequence[Statement], documents: Sequence[CorpusDocument]) -> str:
    """A row a document, as docs/vetting.md shows it."""
    rows = [
        "| document | grade | statements | gate | seek help | to be read |",
        "|---|---|---|---|---|---|",
    ]
    for document in documents:
        own = [s for s in judged if s.document == document.path.stem]
        rows.append(_row(f"`{document.path.stem}`", document.source.grade.value, own))
    rows.append(_row("**all**", "", judged))
    return "\n".join(rows)


def _row(name: str, grade: str, own: Sequence[Statement]) -> str:
    passed = sum(s.supported for s in own)
    help_ = sum(s.seeks_help and not s.supported for s in own)
    return f"| {name} | {grade} | {len(own)} | {passed} | {help_} | {len(own) - passed - help_} |"


if __name__ == "__main__":
    main()
