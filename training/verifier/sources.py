"""Openly licensed clinical text, read from the files it came in: documents with their topics."""

from __future__ import annotations

import hashlib
import re
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

from rag.sentences import sentence_spans

# Whole topics that training never sees: the clinical test is on these.
HELD_OUT_TOPICS = (
    "bipolar", "obsessive", "ocd", "eating", "anorexia", "bulimia", "seasonal", "insomnia",
    "panic", "schizophrenia", "psychosis", "psychotic", "perinatal", "postpartum",
)  # fmt: skip
HELD_OUT_SHARE = 0.03  # of all other topics, by hash
_COLLECTION = re.compile(r"(?:^|/)([1-9])_\w+_QA")
# Rare-disease and genetics pages are written to one pattern: a sample of them is enough.
_KEPT_SHARE = {"2": 0.15, "3": 0.25}
_LINE = re.compile(r"\n+|\s{3,}")
_NOISE = re.compile(r"https?:|www\.|[a-z][.?!][A-Z]|[a-z]{2}[A-Z][a-z]|\[|\|")
_WORDS = (6, 45)


@dataclass(frozen=True, slots=True)
class Text:
    """One document: its topic and its sentences in order."""

    source: str
    topic: str
    sentences: tuple[str, ...]

    @property
    def held_out(self) -> bool:
        """Whether the topic belongs to the test."""
        return any(t in self.topic for t in HELD_OUT_TOPICS) or _share(self.topic) < HELD_OUT_SHARE


def _share(text: str) -> float:
    return int(hashlib.sha256(text.encode()).hexdigest()[:8], 16) / 0xFFFFFFFF


def _sentences(text: str) -> tuple[str, ...]:
    """Whole sentences of prose; link lists, headings and glued words are left out."""
    found = []
    for line in _LINE.split(text):
        line = line.strip(" -*•\t")
        for start, end in sentence_spans(line):
            sentence = line[start:end]
            if (
                _WORDS[0] <= len(sentence.split()) <= _WORDS[1]
                and sentence[0].isupper()
                and sentence[-1] in ".!"
                and not re.search(
                    r"https?:|www\.|[a-z][.?!][A-Z]|[a-z]{2}[A-Z][a-z]|\[|\|", sentence
                )
            ):
                found.append(sentence)
    return tuple(dict.fromkeys(found))


def medquad(archive: Path) -> Iterator[Text]:
    """Answers of MedQuAD, one document an answer. No file is unpacked to disk."""
    with tarfile.open(archive) as tar:
        for member in tar:
            collection = _COLLECTION.search(member.name)
            if not member.name.endswith(".xml") or not collection:
                continue
            if _share(member.name) > _KEPT_SHARE.get(collection[1], 1.0):
                continue
            file = tar.extractfile(member)
            if file is None:
                continue
            root = ElementTree.fromstring(file.read())  # noqa: S314  a local file with a known hash
            topic = (root.findtext("Focus") or "").lower()
            for answer in root.iter("Answer"):
                sentences = _sentences(answer.text or "")
                if len(sentences) >= 3 and "Phenotype Ontology" not in (answer.text or ""):
                    yield Text(f"medquad/{member.name}", topic, sentences)


def government_pages(folder: Path) -> Iterator[Text]:
    """The scraped pages; the topic is the file's name."""
    for path in sorted(folder.glob("*.md")):
        body = re.sub(r"(?m)^(?:#.*|Source:.*|URL:.*)$", "", path.read_text("utf-8"))
        sentences = _sentences(body)
        if len(sentences) >= 3:
            yield Text(f"us-gov-pages/{path.name}", path.stem.lower().replace("_", " "), sentences)


def documents(sources: Path) -> tuple[Text, ...]:
    """All documents; a sentence that several share stays with the first, held-out ones first."""
    archive = next((sources / "medquad").glob("*.tar.gz"))
    texts = [*government_pages(sources / "us-gov-pages"), *medquad(archive)]
    texts.sort(key=lambda text: not text.held_out)
    seen: set[str] = set()
    kept = []
    for text in texts:
        fresh = tuple(s for s in text.sentences if s.lower() not in seen)
        seen |= {s.lower() for s in fresh}
        if len(fresh) >= 3:
            kept.append(Text(text.source, text.topic, fresh))
    return tuple(kept)
