"""From checked sentences to the Answer that leaves the engine."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rag.model import Citation, Evidence, Sentence, Verdict


class CitationList:
    """Numbers passages in the order in which an answer first cites them, from 1."""

    def __init__(self, evidence: Mapping[str, Evidence]) -> None:
        """`evidence` maps passage ids to what was retrieved."""
        self._evidence = evidence
        self._citations: dict[str, Citation] = {}

    def cite(self, passage_id: str, quote: str) -> int:
        """The citation number of a passage; its first quote is kept as the line of evidence."""
        if passage_id not in self._citations:
            number = len(self._citations) + 1
            self._citations[passage_id] = _citation(number, self._evidence[passage_id], quote)
        return self._citations[passage_id].number

    def all(self) -> tuple[Citation, ...]:
        """Every citation so far, by number."""
        return tuple(self._citations.values())


def _citation(number: int, evidence: Evidence, quote: str) -> Citation:
    source, passage = evidence.source, evidence.passage
    return Citation(
        number=number,
        passage_id=passage.id,
        passage_sha256=passage.sha256,
        source_id=passage.source_id,
        title=source.title,
        publisher=source.publisher,
        edition=source.edition,
        year=source.year,
        pages=passage.pages,
        heading=passage.heading,
        url=source.url,
        licence=source.licence,
        grade=source.grade,
        jurisdiction=source.jurisdiction,
        quote=quote,
        rests_on=source.rests_on,
    )


def released(text: str, numbers: Sequence[int], verdict: Verdict) -> Sentence:
    """A sentence with its citation numbers in order."""
    return Sentence(text, tuple(sorted(set(numbers))), verdict)


def answer_text(sentences: Sequence[Sentence]) -> str:
    """The sentences as one text, each followed by the marks of its citations."""
    return " ".join(
        f"{sentence.text} {''.join(f'[{n}]' for n in sentence.citations)}".rstrip()
        for sentence in sentences
    )
