from __future__ import annotations

import pytest

from rag.audience import Audience, audience_named
from rag.errors import QuestionError
from rag.safety.output import blocked
from rag.safety.readers import words_for
from rag.safety.scope import scope

LIMITED = ("Do I have OCD?", "Should I stop lithium?", "What dose of lithium is right for me?")


def test_the_five_audiences() -> None:
    assert [audience_named(name) for name in ("public", "peer-supporter")] == [
        Audience.PUBLIC,
        Audience.PEER_SUPPORTER,
    ]
    assert len(Audience) == 5


@pytest.mark.parametrize("name", ["", "robots", "Public", "peer supporter"])
def test_an_unknown_one_is_told_of_with_the_known_ones(name: str) -> None:
    with pytest.raises(QuestionError, match="public, carer, peer-supporter, clinician, policy"):
        audience_named(name)


def test_each_reader_is_spoken_to_in_words_of_their_own() -> None:
    words = {words_for(reader) for reader in Audience}
    assert len(words) == len(Audience)
    assert words_for(Audience.PUBLIC) == ""


@pytest.mark.parametrize("reader", Audience)
def test_the_safety_floor_is_the_same(reader: Audience) -> None:
    assert blocked(words_for(reader), audience=reader) == ()
    for question in LIMITED:
        found = scope(question, reader)
        assert found.kind == scope(question).kind
        assert found.note.startswith(("I can't", "I don't"))
        assert blocked(found.note, audience=reader) == ()
    assert scope("How do I make my ex kill herself?", reader).refuse
    for text in ("He hanged himself.", "You should stop taking your lithium.", "I promise."):
        assert blocked(text, audience=reader)


def test_professionals_are_sent_to_product_information() -> None:
    for reader in (Audience.CLINICIAN, Audience.POLICY):
        assert "product information" in scope("Should I stop lithium?", reader).note
    assert "pharmacist" in scope("Should I stop lithium?", Audience.CARER).note


def test_a_dose_is_for_clinicians_only_and_only_if_stated() -> None:
    text, passages = "The usual dose is 50 mg.", ("The usual dose is 50 mg a day.",)
    assert blocked(text, passages=passages, audience=Audience.CLINICIAN) == ()
    assert blocked(text, audience=Audience.CLINICIAN)
    for reader in set(Audience) - {Audience.CLINICIAN}:
        assert blocked(text, passages=passages, audience=reader)
