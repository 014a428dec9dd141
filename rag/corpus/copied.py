"""Runs of words that a document shares with a source text: facts are free, sentences are not."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from rag.corpus.documents import CorpusDocument, words
from rag.corpus.findings import Finding, error
from rag.errors import CorpusError
from rag.ingest.clean import decode

COPIED_WORDS = 9
"""Length of the shortest run that counts. Nine is stricter than law or custom asks for."""

_TEXT_SUFFIXES = frozenset({".md", ".txt", ".html", ".htm"})
Run = tuple[str, ...]


def check_copied(documents: Sequence[CorpusDocument], sources: Path) -> Iterator[Finding]:
    """Sentences that are copied from any text below `sources`.

    Raises:
        CorpusError: there is no such folder, or no text in it.
    """
    ours: dict[Run, set[str]] = {}
    for document in documents:
        for run in _runs(document.prose):
            ours.setdefault(run, set()).add(document.path.stem)
    scanned = 0
    found: dict[tuple[str, str], list[Run]] = {}
    for name, text in source_texts(sources):
        for run in _runs(text):
            scanned += 1
            for where in ours.get(run, ()):
                found.setdefault((where, name), []).append(run)
    if not scanned:
        raise CorpusError(f"{sources}: no source text there. Name a folder of PDF, HTML or text.")
    for (where, name), runs in sorted(found.items()):
        shown = " ".join(runs[0])
        yield error(
            "copied",
            where,
            f"{len(runs)} runs of {COPIED_WORDS} words are in {name}, such as: {shown}",
        )


def source_texts(folder: Path) -> Iterator[tuple[str, str]]:
    """Name and raw text of every PDF, text file and MedQuAD archive below `folder`."""
    import pypdfium2

    from rag.evaluation import medquad

    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.suffix.lower() in _TEXT_SUFFIXES:
            yield name, decode(path.read_bytes(), path)[0]
        elif path.suffix.lower() == ".pdf":
            with pypdfium2.PdfDocument(path) as pdf:
                yield name, "\n".join(page.get_textpage().get_text_range() for page in pdf)
        elif path.name.endswith(".tar.gz"):
            for pair in medquad.read(path.parent):
                yield f"{name}: {pair.question}", pair.answer


def _runs(text: str) -> Iterator[Run]:
    found = words(text)
    return (tuple(found[i : i + COPIED_WORDS]) for i in range(len(found) - COPIED_WORDS + 1))
