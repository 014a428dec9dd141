"""Questions to entities: names, brands, lay words, misspellings, and nothing where nothing is."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge_graph.lexicon import make_lexicon
from knowledge_graph.linking import How, Linker
from knowledge_graph.vocabulary import Vocabulary

TEXTS = ("Relation and garden are words of the passages, and so is dispersal.",)


@pytest.fixture(scope="session")
def linker(vocabulary: Vocabulary) -> Linker:
    return Linker(make_lexicon(vocabulary, TEXTS))


@pytest.mark.parametrize(
    ("question", "key", "how"),
    [
        ("Does Priadel harm the kidneys?", "Medication:DB01356", How.NAME),
        ("what is ocd", "Disorder:DOID:10933", How.NAME),
        ("I can't sleep", "Symptom:D007319", How.NAME),
        ("Is the blues an illness?", "Disorder:DOID:1596", How.NAME),
        ("my mother starves herself", "Disorder:DOID:8689", How.NAME),
        ("Is Eskalith safe?", "Medication:DB01356", How.NAME),
        ("side effects of sertaline", "Medication:DB01104", How.SPELLING),
        ("what is schizophrenai", "Disorder:DOID:5419", How.SPELLING),
        ("panic disoder", "Disorder:DOID:594", How.SPELLING),
    ],
)
def test_a_question_is_linked(linker: Linker, question: str, key: str, how: How) -> None:
    found = {link.key: link for link in linker.link(question)}
    assert key in found
    assert found[key].how is how
    assert (found[key].confidence == 1) is (how is How.NAME)


@pytest.mark.parametrize(
    "question",
    ["", "What is the weather?", "My relation has a garden", "It depends", "xyzzy"],
)
def test_nothing_is_made_up(linker: Linker, question: str) -> None:
    assert linker.link(question) == []


def test_meaning_counts_only_where_no_name_does(vocabulary: Vocabulary) -> None:
    lexicon = make_lexicon(vocabulary, TEXTS)
    vectors = np.zeros((len(lexicon.phrases), 2), dtype=np.float32)
    vectors[:, 1] = 1
    row = next(n for n, (phrase, _) in enumerate(lexicon.phrases) if phrase == "fast heartbeat")
    vectors[row] = (1, 0)
    linker = Linker(lexicon, vectors)
    near = np.array((1, 0), dtype=np.float32)
    (link,) = linker.link("there is a drum in my chest", near)
    assert (link.how, link.words) == (How.MEANING, "fast heartbeat")
    assert all(link.how is How.NAME for link in linker.link("what is ocd", near))


@given(st.text(max_size=120))
@settings(deadline=None, max_examples=50)
def test_any_text_can_be_linked(linker: Linker, text: str) -> None:
    assert all(0 < link.confidence <= 1 for link in linker.link(text))
