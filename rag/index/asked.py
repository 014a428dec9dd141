"""The questions that people ask of a section, in `NAME.questions.tsv` beside a document.

People do not ask in a document's words: "my 6 year old won't talk at school but chats at home"
shares none with one on selective mutism. A question that was written down beforehand is near to
the one that is asked, and leads to the passage that answers it (document expansion: Nogueira et
al. 2019, arXiv:1904.08375). Each line is a heading of the document, a tab, and a question.
Questions are searched and never shown; what is quoted, and what a sentence is checked against, is
the passage.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from rag.errors import DocumentError
from rag.model import Passage

SUFFIX = ".questions.tsv"
_MOST_BYTES = 1024 * 1024


def with_questions(document: Path, passages: Sequence[Passage]) -> tuple[Passage, ...]:
    """The passages of the document at this path, each with the questions of its heading.

    Raises:
        DocumentError: the table beside the document cannot be read, or names a heading that no
            passage has.
    """
    path = document.with_suffix(SUFFIX)
    if not path.is_file():
        return tuple(passages)
    asked = _read(path)
    headings = {_name(passage) for passage in passages}
    for heading in asked:
        if heading not in headings:
            raise DocumentError(
                f"{path}: no section with text is called {heading!r}: write the heading as it "
                "stands in the document"
            )
    return tuple(replace(passage, asked=asked.get(_name(passage), ())) for passage in passages)


def _name(passage: Passage) -> str:
    return passage.heading[-1].casefold() if passage.heading else ""


def _read(path: Path) -> Mapping[str, tuple[str, ...]]:
    try:
        if path.is_symlink() or path.stat().st_size > _MOST_BYTES:
            raise DocumentError(f"{path}: it must be a file of its own, of 1 MiB at most")
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise DocumentError(f"{path}: cannot be read as UTF-8 ({error})") from error
    return _by_heading(path, lines)


def _by_heading(path: Path, lines: Iterable[str]) -> Mapping[str, tuple[str, ...]]:
    found: dict[str, dict[str, None]] = defaultdict(dict)
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        heading, _, question = (part.strip() for part in line.partition("\t"))
        if not heading or not question:
            raise DocumentError(f"{path}:{number}: a line is a heading, a tab and a question")
        found[heading.casefold()][question] = None
    return {heading: tuple(questions) for heading, questions in found.items()}
