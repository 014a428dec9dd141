"""The composer over one index version, with all that its graph knows."""

from __future__ import annotations

from rag.compose.classes import classes_of, disorders_in, names_in
from rag.compose.extractive import ExtractiveComposer
from rag.compose.relevance import Relevance
from rag.index.version import IndexVersion


def open_composer(version: IndexVersion, max_sentences: int) -> ExtractiveComposer:
    """Drafts of up to `max_sentences` sentences from the passages of `version`."""
    return ExtractiveComposer(
        version,
        version.idf,
        max_sentences,
        classes_of(version.graph),
        disorders_in(version.graph),
        names_in(version.graph),
        Relevance.shipped(version.encoder.sha256),
    )
