"""What counts for a sentence, and in which order the chosen ones stand."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np

from rag.compose.extractive import ExtractiveComposer
from rag.compose.relevance import Net, Relevance
from rag.encoders.base import Vectors
from rag.model import AskedQuestion, Evidence, Hit, Passage, Source, sha256_text
from rag.sentences import sentence_spans

QUESTION = np.eye(9, dtype=np.float32)[0]


def evidence(name: str, text: str, *, lexical: float = 0.0, source: str = "") -> Evidence:
    spans = tuple(sentence_spans(text))
    passage = Passage(
        name, source or name, text, (name,), 0, len(text), (), spans, sha256_text(text)
    )
    found = Hit(name, 1.0, {"dense": 0.5, "lexical": lexical})
    return Evidence(found, passage, Source(source or name, name, "P", sha256_text(text)))


@dataclass
class Known:
    """Vectors that a test has chosen: of sentences, and of questions that a passage answers."""

    sentences: dict[str, list[Vectors]]
    asked: dict[str, list[Vectors]] = field(default_factory=dict)

    def sentence_vectors(self, passage_id: str) -> Vectors:
        return np.array(self.sentences[passage_id], dtype=np.float32)

    def passage_vector(self, passage_id: str) -> Vectors:
        return self.sentence_vectors(passage_id).mean(axis=0)

    def asked_vectors(self, passage_id: str) -> Vectors:
        return np.array(self.asked[passage_id], dtype=np.float32)


def cited(found: list[Evidence], cosines: dict[str, list[float]]) -> list[str]:
    """The sentences of the draft; `cosines` of the question with each sentence of a passage."""
    rows = {name: [] for name in cosines}
    for place, (name, cosine) in enumerate((n, c) for n, row in cosines.items() for c in row):
        rows[name].append(cosine * QUESTION + (1 - cosine**2) ** 0.5 * np.eye(9)[place + 1])

    composer = ExtractiveComposer(Known(rows), lambda _: 1.0, 6)
    return [s.text for s in composer.compose("what helps", QUESTION, found).sentences]


def test_of_equals_the_passage_with_more_of_the_words_goes_first() -> None:
    tea, walks = "Warm tea is soothing in the evening.", "Long walks are good for the mood."
    same = {"tea": [0.5], "walks": [0.5]}
    for more, first in (((9.0, 1.0), tea), ((1.0, 9.0), walks)):
        found = [evidence("tea", tea, lexical=more[0]), evidence("walks", walks, lexical=more[1])]
        assert cited(found, same)[0] == first


def test_the_sentence_that_answers_best_goes_before_those_that_stand_before_it() -> None:
    first, second, third = (
        "Sleep can be hard in winter.", "Bright light is worth a try.", "Ask a doctor about it."
    )  # fmt: skip
    found = [evidence("light", f"{first} {second} {third}")]
    assert cited(found, {"light": [0.55, 0.6, 0.57]}) == [second, first, third]


def test_the_others_of_its_passage_follow_at_once() -> None:
    early, beside = "Sleep can be hard in winter.", "An hour of light is usual."
    found = [
        evidence("early", early, source="light"),
        evidence("late", f"{beside} Bright light by day is worth a try.", source="light"),
    ]
    said = cited(found, {"early": [0.59], "late": [0.55, 0.6]})
    assert said == ["Bright light by day is worth a try.", beside, early]


def test_a_sentence_that_is_known_to_answer_the_question_goes_first() -> None:
    tea, walks = "Warm tea is soothing in the evening.", "Long walks are good for the mood."
    vectors = Known({"a": [QUESTION, QUESTION]}, {"a": [QUESTION]})
    for index, first in ((0, tea), (1, walks)):
        (one,) = [evidence("a", f"{tea} {walks}")]
        passage = replace(one.passage, asked=(AskedQuestion("what helps me", (index,)),))
        composer = ExtractiveComposer(vectors, lambda _: 1.0, 6)
        draft = composer.compose("what helps", QUESTION, [replace(one, passage=passage)])
        assert draft.sentences[0].text == first


def test_the_sentence_that_the_network_finds_to_answer_goes_first() -> None:
    tea, walks = "Warm tea is soothing in the evening.", "Long walks are good for the mood."
    other = np.eye(9, dtype=np.float32)[1]
    vectors = Known({"a": [0.6 * QUESTION + 0.8 * other, 0.6 * QUESTION - 0.8 * other]})
    for sign, first in ((1.0, tea), (-1.0, walks)):
        relevance = Relevance((net_for(sign * other),))
        composer = ExtractiveComposer(vectors, lambda _: 1.0, 6, relevance=relevance)
        draft = composer.compose("what helps", QUESTION, [evidence("a", f"{tea} {walks}")])
        assert draft.sentences[0].text == first


def net_for(wanted: Vectors) -> Net:
    """A network that looks for this direction in a sentence."""
    size = len(wanted)
    nothing = np.zeros((size + 1, 1), np.float32)
    towards = np.append(wanted, 0.0).astype(np.float32)[:, None]
    hidden = np.zeros((6 + 2 + 1, 1), np.float32)
    hidden[2] = 5.0  # the sentence's own feature
    return Net(nothing, towards, nothing, hidden, np.ones(1, np.float32), np.zeros(2, np.float32))


def test_what_says_the_same_is_said_once() -> None:
    one, same = "Bright light helps many people.", "Many people are helped by bright light."
    composer = ExtractiveComposer(Known({"a": [QUESTION], "b": [QUESTION]}), lambda _: 1.0, 6)
    found = [evidence("a", one), evidence("b", same)]
    assert len(composer.compose("what helps", QUESTION, found).sentences) == 1
