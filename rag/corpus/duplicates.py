"""Passages that say the same in the same, or nearly the same, words."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from itertools import combinations

from rag.corpus.documents import CorpusDocument, words
from rag.corpus.findings import Finding, error, warning
from rag.model import Passage

_SHINGLE = 4  # words
_FEWEST_WORDS = 25  # a shorter passage has too few runs to be compared by them
_NEARLY = 0.5  # resemblance (Broder 1997) of two passages' runs of words
_COMMON_RUN = 30  # a run in more passages than this is a set phrase: it pairs nobody


def check_duplicates(
    documents: Sequence[tuple[CorpusDocument, Sequence[Passage]]],
) -> Iterator[Finding]:
    """Passages that two documents share, or that one repeats. Exact repeats are errors."""
    cut = [(document.path.stem, passage) for document, found in documents for passage in found]
    texts = [words(passage.text) for _, passage in cut]
    first: dict[tuple[str, ...], int] = {}
    for position, text in enumerate(texts):
        earlier = first.setdefault(tuple(text), position)
        if earlier != position:
            yield error("duplicate", cut[position][0], _message("the same as", cut, earlier))
    yield from _near(cut, texts)


def _near(cut: Sequence[tuple[str, Passage]], texts: Sequence[list[str]]) -> Iterator[Finding]:
    runs = [_runs(text) if len(text) >= _FEWEST_WORDS else frozenset() for text in texts]
    holders: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for position, held in enumerate(runs):
        for run in held:
            holders[run].append(position)
    shared: Counter[tuple[int, int]] = Counter()
    for positions in holders.values():
        if len(positions) <= _COMMON_RUN:
            shared.update(combinations(positions, 2))
    for (one, other), common in sorted(shared.items()):
        if texts[one] == texts[other]:
            continue
        resemblance = common / (len(runs[one]) + len(runs[other]) - common)
        if resemblance >= _NEARLY:
            what = f"{resemblance:.0%} alike with"
            yield warning("near-duplicate", cut[other][0], _message(what, cut, one))


def _runs(text: Sequence[str]) -> frozenset[tuple[str, ...]]:
    return frozenset(tuple(text[i : i + _SHINGLE]) for i in range(len(text) - _SHINGLE + 1))


def _message(what: str, cut: Sequence[tuple[str, Passage]], position: int) -> str:
    name, passage = cut[position]
    return f"a passage is {what} one of {name}: {passage.text[:80]!r}"
