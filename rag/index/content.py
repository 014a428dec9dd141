"""What goes into an index version, in its one order, and the id that follows from it."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rag.jsonable import shallow
from rag.model import Passage, Source

FORMAT_VERSION = 4
"""Goes up with every change to the files of a version, so that none is read wrongly."""

ID_DIGITS = 16
"""Hex digits of a version id: the first 64 bits of the SHA-256 of the content."""


@dataclass(frozen=True, slots=True)
class Content:
    """Sources sorted by id and edition; passages sorted by id, each with its source's position."""

    sources: tuple[Source, ...]
    passages: tuple[tuple[int, Passage], ...]

    @property
    def sentence_count(self) -> int:
        """Sentences in all passages."""
        return sum(len(passage.sentences) for _, passage in self.passages)

    def passages_per_source(self) -> list[int]:
        """How many passages each source has, in the order of `sources`."""
        counts = [0] * len(self.sources)
        for source, _ in self.passages:
            counts[source] += 1
        return counts


def arrange(documents: Iterable[tuple[Source, Sequence[Passage]]]) -> Content:
    """Sorts sources and passages. A passage that a source repeats word for word is kept once,
    where it first stands."""
    ordered = sorted(documents, key=lambda pair: (pair[0].id, pair[0].edition))
    by_id: dict[str, tuple[int, Passage]] = {}
    for position, (_, passages) in enumerate(ordered):
        for passage in passages:
            by_id.setdefault(passage.id, (position, passage))
    return Content(
        sources=tuple(source for source, _ in ordered),
        passages=tuple(by_id[passage_id] for passage_id in sorted(by_id)),
    )


def content_sha256(
    content: Content, *, chunker: str, encoder_sha256: str, graph_sha256: str
) -> str:
    """Hex SHA-256 over everything that decides what a version answers, and nothing else: not
    when, where, from which paths or on top of which version it was built."""
    digest = hashlib.sha256()
    encode = json.JSONEncoder(sort_keys=True, separators=(",", ":"), default=shallow).encode

    def add(value: object) -> None:
        digest.update(encode(value).encode("ascii") + b"\n")

    add([FORMAT_VERSION, chunker, encoder_sha256, graph_sha256])
    for source in content.sources:
        add(source)
    for position, passage in content.passages:
        # `source_id` is left out: what a source is called depends on its neighbours' editions.
        add([position, dataclasses.replace(passage, source_id="")])
    return digest.hexdigest()
