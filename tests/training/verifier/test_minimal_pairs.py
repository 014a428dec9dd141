"""Edits change what they say they change, and pairs carry the right label."""

from __future__ import annotations

import random

import pytest

from training.verifier.edits import FAITHFUL, WRONG
from training.verifier.minimal_pairs import PairMaker, coverage
from training.verifier.sources import Text

SENTENCES = (
    "Sertraline may help some adults with panic disorder within 6 weeks.",
    "Talking therapy can reduce fear of crowded places (agoraphobia).",
    "Most people feel better after twelve sessions with a trained therapist.",
    "Doctors should not stop antidepressants suddenly.",
    "Caffeine increases the risk of a racing heart, especially in the evening.",
    "About 3% of children have panic attacks in any one year.",
    "Breathing slowly often eases dizziness during an attack.",
    "Relatives can learn what to say when someone is afraid.",
)
TEXTS = (
    Text("a", "panic", SENTENCES),
    Text(
        "b",
        "panic",
        (
            "Phobias are strong fears of one thing, such as heights or spiders.",
            "Exposure therapy brings the feared thing closer step by step.",
            "Group sessions may be cheaper than sessions alone.",
            "A diary of triggers shows patterns that memory misses.",
        ),
    ),
)


@pytest.mark.parametrize(
    ("kind", "sentence", "wrong"),
    [
        ("unit", SENTENCES[0], {"weeks"}),
        ("negation", SENTENCES[3], {"not"}),
        ("population", SENTENCES[5], {"children"}),
        ("drug", SENTENCES[0], {"Sertraline"}),
        ("direction", SENTENCES[4], {"increases"}),
        ("modality", SENTENCES[0], {"may"}),
        ("number", SENTENCES[0], {"6"}),
    ],
)
def test_an_error_replaces_the_word_it_is_about(kind: str, sentence: str, wrong: set[str]) -> None:
    for seed in range(20):
        edited = WRONG[kind][0](sentence, SENTENCES, random.Random(seed))
        assert edited is not None
        assert edited.text != sentence
        assert not any(f" {word} " in f" {edited.text} " for word in wrong)
        assert all(0 <= a < b <= len(edited.text) for a, b in edited.changed)
        assert edited.changed


def test_a_changed_number_is_not_one_that_the_sentence_had() -> None:
    for seed in range(50):
        edited = WRONG["number"][0](SENTENCES[0], SENTENCES, random.Random(seed))
        assert edited is not None
        assert edited.text[slice(*edited.changed[0])] != "6"


def test_cause_and_effect_change_places() -> None:
    edited = WRONG["relation"][0]("Poor sleep causes low mood.", (), random.Random(0))
    assert edited is not None
    assert edited.text == "Low mood causes poor sleep."


@pytest.mark.parametrize(
    ("sentence", "changed"),
    [
        ("Dry skin and constipation may affect it.", None),
        ("The cause of the disorder is unknown.", None),
        ("Symptoms include pain, swelling and heat.", None),
        ("Strong fear can trigger palpitations, which pass.",
         "Palpitations can trigger strong fear, which pass."),
        ("Nightmares cause poor sleep.", "Poor sleep causes nightmares."),
        ("Poor sleep causes nightmares.", "Nightmares cause poor sleep."),
    ],
)  # fmt: skip
def test_an_exchange_stays_english(sentence: str, changed: str | None) -> None:
    edited = WRONG["relation"][0](sentence, (), random.Random(0))
    assert (edited.text if edited else None) == changed


def test_an_edit_that_does_not_apply_says_so() -> None:
    for editors in WRONG.values():
        assert editors[0]("Rest well.", ("Rest well.",), random.Random(0)) is None


def test_faithful_edits_mark_nothing_as_wrong() -> None:
    for seed in range(20):
        for editor in FAITHFUL.values():
            edited = editor(SENTENCES[1], SENTENCES, random.Random(seed))
            assert edited is None or edited.changed == ()


def test_a_compressed_sentence_keeps_no_bracket() -> None:
    edited = FAITHFUL["compress"](SENTENCES[1], (), random.Random(0))
    assert edited is not None
    assert edited.text == "Talking therapy can reduce fear of crowded places."


def test_each_wrong_pair_has_a_faithful_twin() -> None:
    pairs = list(PairMaker(TEXTS, seed=1).pairs(per_kind=4))
    assert [p.supported for p in pairs] == [False, True] * (len(pairs) // 2)
    assert [p.kind for p in pairs[::2]] == [p.kind for p in pairs[1::2]]
    assert {"number", "negation", "drug", "added", "neighbour"} <= {p.kind for p in pairs}


def test_labels_and_marked_words_agree() -> None:
    for pair in PairMaker(TEXTS, seed=2).pairs(per_kind=6):
        assert bool(pair.wrong) is not pair.supported
        for start, stop in pair.wrong or ():
            assert 0 <= start < stop <= len(pair.sentence)


def test_deleted_and_borrowed_sentences_are_not_in_their_passage() -> None:
    for pair in PairMaker(TEXTS, seed=3).pairs(per_kind=6):
        if pair.kind in {"deleted", "neighbour"} and not pair.supported:
            assert pair.sentence not in pair.passage


def test_one_seed_gives_one_set_of_pairs() -> None:
    first = list(PairMaker(TEXTS, seed=5).pairs(per_kind=5))
    assert first == list(PairMaker(TEXTS, seed=5).pairs(per_kind=5))
    assert first != list(PairMaker(TEXTS, seed=6).pairs(per_kind=5))


def test_coverage_counts_content_words() -> None:
    assert coverage("Therapy reduces fear.", ["Fear is reduced by therapy"]) == 1.0
    assert coverage("Therapy reduces fear.", ["Sleep well"]) == 0.0
