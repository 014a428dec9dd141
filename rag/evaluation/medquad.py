"""Reads MedQuAD: questions on health with the answers that US health institutes give to them.

Ben Abacha and Demner-Fushman (2019), "A question-entailment approach to question answering",
BMC Bioinformatics 20:511. CC BY 4.0. The archive holds one XML file a document.
"""

from __future__ import annotations

import random
import tarfile
import xml.etree.ElementTree as ET
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from rag.errors import DocumentError


@dataclass(frozen=True, slots=True)
class Pair:
    """A question, its answer, and the topic ("focus") of the document that holds both."""

    id: str  # path of its file in the archive, "#", place in the file: the data's own ids repeat
    topic: str
    question: str
    answer: str


def read(folder: Path) -> tuple[Pair, ...]:
    """Every pair with an answer, ordered by id, white space folded.

    `folder` holds the data set's .tar.gz files. Nothing is unpacked to disk. Raises
    DocumentError when there is no archive, or when one cannot be read.
    """
    archives = sorted(folder.glob("*.tar.gz"))
    if not archives:
        raise DocumentError(
            f"No .tar.gz archive in {folder}. Name the folder that holds MedQuAD's."
        )
    pairs: list[Pair] = []
    for archive in archives:
        try:
            with tarfile.open(archive) as tar:
                for member in tar:
                    file = tar.extractfile(member) if member.name.endswith(".xml") else None
                    if file is not None:
                        pairs.extend(_pairs(member.name.removesuffix(".xml"), file.read()))
        except (tarfile.TarError, ET.ParseError, OSError, EOFError) as error:
            raise DocumentError(f"{archive} cannot be read ({error}). Fetch it again.") from error
    return tuple(sorted(pairs, key=lambda pair: pair.id))


def halves(pairs: Sequence[Pair], seed: int) -> tuple[tuple[Pair, ...], tuple[Pair, ...]]:
    """A half to tune on and a half to report on, as by `seed`.

    A topic is wholly in one half, whatever the case of its letters, so that nothing learnt
    about a disease in the first half can help in the second.
    """
    topics = sorted({pair.topic.casefold() for pair in pairs})
    random.Random(seed).shuffle(topics)  # noqa: S311 - a repeatable split, not a secret
    first = set(topics[: len(topics) // 2])
    return (
        tuple(pair for pair in pairs if pair.topic.casefold() in first),
        tuple(pair for pair in pairs if pair.topic.casefold() not in first),
    )


def _pairs(name: str, xml: bytes) -> Iterator[Pair]:
    root = ET.fromstring(xml)  # noqa: S314 - expat itself stops entity bombs (2.4.1 and later)
    topic = _text(root, "Focus")
    for number, element in enumerate(root.iter("QAPair"), start=1):
        asked, answer = _text(element, "Question"), _text(element, "Answer")
        if asked and answer:
            yield Pair(f"{name}#{number}", topic, asked, answer)


def _text(element: ET.Element, tag: str) -> str:
    return " ".join((element.findtext(tag) or "").split())
