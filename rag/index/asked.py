"""The questions that people ask of a section, in `NAME.questions.tsv` beside a document.

People do not ask in a document's words: "my 6 year old won't talk at school but chats at home"
shares none with one on selective mutism. A question that was written down beforehand is near to
the one that is asked, and leads to the passage that answers it (document expansion: Nogueira et
al. 2019, arXiv:1904.08375). Each line is a heading of the document, a tab, and a question; then,
where it is known, another tab and how the sentences begin that answer it, the best one first,
with " | " between them. Questions are searched and never shown; what is quoted, and what a
sentence is checked against, is the passage.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from rag.errors import DocumentError
from rag.model import AskedQuestion, Passage

SUFFIX = ".questions.tsv"
_MOST_BYTES = 1024 * 1024
_BETWEEN = " | "

Table = Mapping[str, Mapping[str, tuple[str, ...]]]
"""Heading -> question -> how the sentences begin that answer it."""


def with_questions(document: Path, passages: Sequence[Passage]) -> tuple[Passage, ...]:
    """The passages of the document at this path, each with the questions of its heading that it
    answers; one that says of no sentence that it answers goes to every passage of the heading.

    Raises:
        DocumentError: the table beside the document cannot be read, names a heading that no
            passage has, or the beginning of a sentence that does not stand under it.
    """
    path = document.with_suffix(SUFFIX)
    if not path.is_file():
        return tuple(passages)
    table = _read(path)
    under: dict[str, list[Passage]] = defaultdict(list)
    for passage in passages:
        under[_name(passage)].append(passage)
    for heading, questions in table.items():
        if heading not in under:
            raise DocumentError(
                f"{path}: no section with text is called {heading!r}: write the heading as it "
                "stands in the document"
            )
        sentences = [text for passage in under[heading] for text in passage.sentence_texts()]
        for beginning in {each for beginnings in questions.values() for each in beginnings}:
            found = {text for text in sentences if text.startswith(beginning)}
            if len(found) != 1:
                which = "more than one sentence begins" if found else "no sentence begins"
                raise DocumentError(
                    f"{path}: {which} with {beginning!r} under {heading!r}: copy from the document "
                    "how it begins, as far as no other sentence there begins so"
                )
    return tuple(
        replace(passage, asked=tuple(_answered(passage, table.get(_name(passage), {}))))
        for passage in passages
    )


def _answered(
    passage: Passage, questions: Mapping[str, tuple[str, ...]]
) -> Iterable[AskedQuestion]:
    sentences = passage.sentence_texts()
    for question, beginnings in questions.items():
        by = dict.fromkeys(
            index
            for beginning in beginnings
            for index, text in enumerate(sentences)
            if text.startswith(beginning)
        )
        if by or not beginnings:
            yield AskedQuestion(question, tuple(by))


def _name(passage: Passage) -> str:
    return passage.heading[-1].casefold() if passage.heading else ""


def _read(path: Path) -> Table:
    try:
        if path.is_symlink() or path.stat().st_size > _MOST_BYTES:
            raise DocumentError(f"{path}: it must be a file of its own, of 1 MiB at most")
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise DocumentError(f"{path}: cannot be read as UTF-8 ({error})") from error
    return _by_heading(path, lines)


def _by_heading(path: Path, lines: Iterable[str]) -> Table:
    found: dict[str, dict[str, tuple[str, ...]]] = defaultdict(dict)
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        heading, question, beginnings, *more = (*map(str.strip, line.split("\t")), "", "", "")
        if not heading or not question or any(more):
            raise DocumentError(
                f"{path}:{number}: a line is a heading, a tab and a question; then, if known, a "
                "tab and how the sentences begin that answer it"
            )
        told = tuple(each for part in beginnings.split(_BETWEEN) if (each := part.strip()))
        if told or question not in found[heading.casefold()]:
            found[heading.casefold()][question] = told
    return found
