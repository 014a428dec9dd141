"""The names of a version's entities on disk, so that a question can be linked at once.

`names.tsv`: normal form of a name, a tab, the keys that it may mean. `words.txt`: every word of
the passages and names, against which a word of a question counts as misspelt. `phrases.tsv`: lay
expressions with their key, one a row of the vectors that whoever encodes text may keep beside.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from knowledge_graph.errors import GraphDataError
from knowledge_graph.names import surface_words
from knowledge_graph.schema import Kind
from knowledge_graph.vocabulary import Vocabulary

NAMES, WORDS, PHRASES = "names.tsv", "words.txt", "phrases.tsv"
_SPOKEN_KINDS = frozenset({Kind.SYMPTOM, Kind.DISORDER})
_SHORTEST_PHRASE, _LONGEST_PHRASE = 2, 8  # words; one word alone is found by its letters


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Names, words and lay phrases of one version."""

    names: dict[str, tuple[str, ...]]
    words: frozenset[str]
    phrases: tuple[tuple[str, str], ...]
    """(phrase, key), in the order of their vectors."""


def make_lexicon(vocabulary: Vocabulary, texts: Iterable[str]) -> Lexicon:
    """The lexicon of a vocabulary and of the passages' texts. Lay phrases are names of our own
    entities: an ontology's are not what people say."""
    words: set[str] = set()
    for text in texts:
        words.update(surface_words(text))
    phrases: list[tuple[str, str]] = []
    for entity in vocabulary.entities:
        names = (entity.name, *entity.synonyms)
        for name in names:
            words.update(surface_words(name))
        if entity.key in vocabulary.own and entity.kind in _SPOKEN_KINDS:
            phrases += [
                (name, entity.key)
                for name in names
                if _SHORTEST_PHRASE <= len(name.split()) <= _LONGEST_PHRASE
            ]
    names_by_form = {name: tuple(keys) for name, keys in sorted(vocabulary.names().items()) if keys}
    return Lexicon(names_by_form, frozenset(words), tuple(sorted(set(phrases))))


def write_lexicon(folder: Path, lexicon: Lexicon) -> None:
    """Writes the three files; the same lexicon gives the same bytes.

    Raises:
        OSError: they could not be written.
    """
    _write(folder / NAMES, (f"{name}\t{' '.join(keys)}" for name, keys in lexicon.names.items()))
    _write(folder / WORDS, sorted(lexicon.words))
    _write(folder / PHRASES, (f"{phrase}\t{key}" for phrase, key in lexicon.phrases))


def read_lexicon(folder: Path) -> Lexicon:
    """The lexicon in `folder`.

    Raises:
        GraphDataError: a file is missing or is not what was written.
    """
    try:
        names = dict(line.split("\t") for line in _lines(folder / NAMES))
        phrases = [line.split("\t") for line in _lines(folder / PHRASES)]
        return Lexicon(
            {name: tuple(keys.split(" ")) for name, keys in names.items()},
            frozenset(_lines(folder / WORDS)),
            tuple((phrase, key) for phrase, key in phrases),
        )
    except (OSError, ValueError) as error:
        raise GraphDataError(f"{folder}: the names of the graph cannot be read") from error


def _write(path: Path, lines: Iterable[str]) -> None:
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")


def _lines(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8").splitlines()
