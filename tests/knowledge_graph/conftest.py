"""The shipped spine and facts, read once, and what is made from them."""

from __future__ import annotations

import pytest

import corpora
from knowledge_graph.extraction import Extractor
from knowledge_graph.graph import Sources
from knowledge_graph.mentions import MentionFinder
from knowledge_graph.vocabulary import Vocabulary


@pytest.fixture(scope="session")
def sources() -> Sources:
    return Sources.shipped(corpora.facts_dir())


@pytest.fixture(scope="session")
def vocabulary(sources: Sources) -> Vocabulary:
    return sources.vocabulary


@pytest.fixture(scope="session")
def finder(vocabulary: Vocabulary) -> MentionFinder:
    return MentionFinder(vocabulary.names())


@pytest.fixture(scope="session")
def extractor(finder: MentionFinder) -> Extractor:
    return Extractor(finder)
