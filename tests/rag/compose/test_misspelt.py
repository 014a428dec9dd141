"""A misspelt medicine is put right; one that nobody knows is not answered with another."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.compose.misspelt import mended, must_be_named, unknown_names, unknown_note
from rag.compose.named_substances import on_named_substances
from rag.verify.medicines import substance_of
from tests.rag.compose.test_named_substances import evidence


def untold(_: str) -> bool:
    return False


@pytest.mark.parametrize(
    ("question", "read"),
    [
        ("can sertaline make me sleepy", "can sertraline make me sleepy"),
        ("Citalapram 20mg and wine", "citalopram 20mg and wine"),
        ("coming off venlafaxin", "coming off venlafaxine"),
        ("side effects of lithum", "side effects of lithium"),
        ("Ritilin for my son", "ritalin for my son"),
        ("xanex before a flight", "xanax before a flight"),
        ("does Sertraline help", "does Sertraline help"),
        ("my SSRIs and benzodiazepines", "my SSRIs and benzodiazepines"),
        # Two slips may be another medicine; dapoxetine is none of ours, and is not duloxetine.
        ("dapoxetine side effects", "dapoxetine side effects"),
        ("the concert was lovely, I felt alive", "the concert was lovely, I felt alive"),
    ],
)
def test_one_slip_in_a_name_is_put_right(question: str, read: str) -> None:
    assert mended(question, untold) == read


@pytest.mark.parametrize(
    ("question", "read"),
    [
        ("how adictive is it", "how addictive is it"),
        ("so exhuasted", "so exhausted"),
        ("Adictive", "Adictive"),  # may be a name
        ("a tabel", "a table"),
        ("at cahms", "at cahms"),  # no slip of calms
        ("I couldn't", "I couldn't"),
        ("out of breah", "out of breah"),  # may be breath or breach
        ("my zorbling", "my zorbling"),
    ],
)
def test_one_slip_in_a_word_is_put_right_where_the_sources_hold_one_such_word(
    question: str, read: str
) -> None:
    told = {"addictive", "exhausted", "table", "label", "calms", "could", "breath", "breach"}
    assert mended(question, told.__contains__) == read
    assert mended(question, untold) == question


@pytest.mark.parametrize(
    ("question", "names"),
    [
        ("Is Brentolazine better than Oxivarel for anxiety?", ("brentolazine",)),
        ("Can I take zolurapine with alcohol?", ("zolurapine",)),
        ("my doctor gave me nuvaltrin 20 mg", ("nuvaltrin",)),
        ("How does the Hartwell-Brandt method help?", ("hartwell", "brandt")),
        ("I tried Trilobe Reset Tapping at a workshop", ("trilobe",)),
        ("Can I take sertraline?", ()),
        ("taking antidepresants every day", ()),
        ("stopping smokng", ()),
        ("I took Aisha to the doctor, she won't eat", ()),
        ("how do I stop Siobhan from hurting herself", ()),
        ("What is cognitive behavioural therapy?", ()),
        ("Does Family therapy help?", ()),
    ],
)
def test_names_that_nobody_knows(question: str, names: tuple[str, ...]) -> None:
    assert unknown_names(question) == names


def test_every_known_name_is_known() -> None:
    names = [name for name in substance_of() if name.isalpha()]
    assert [n for n in names if mended(f"I take {n} daily", untold) != f"I take {n} daily"] == []
    assert [n for n in names if unknown_names(f"I take {n} daily")] == []


@pytest.mark.parametrize(
    ("question", "text", "kept"),
    [
        ("Can I take zolurapine with alcohol?", "Do not drink alcohol on zopiclone.", False),
        ("Can I take zolurapine with alcohol?", "Zolurapine and alcohol do not mix.", True),
        ("Is Brentolazine an SSRI?", "SSRIs are antidepressants.", False),
        ("How does the Hartwell method help with PTSD?", "EMDR helps with PTSD.", False),
        ("How does the Hartwell method help?", "The Hartwell method is new.", True),
        ("What is Asperger syndrome?", "Asperger's is now called autism.", True),
    ],
)
def test_only_a_passage_that_names_it_may_answer(question: str, text: str, kept: bool) -> None:
    assert bool(on_named_substances(question, [evidence(text)])) is kept


def test_far_from_a_known_medicine_it_belongs_to_the_story() -> None:
    assert must_be_named("levothyroxine with sertraline?") == frozenset()
    assert must_be_named("Can I take levothyroxine with sertraline?") == {"levothyroxine"}
    story = "I take levothyroxine for my thyroid. Since March I feel sick, is that from sertraline?"
    assert must_be_named(story) == frozenset()
    assert unknown_names(story) == ("levothyroxine",)


def test_the_reader_is_told() -> None:
    question = "Is Brentolazine better than Oxivarel?"
    assert "nothing on Brentolazine in" in unknown_note(question, ["Buspirone calms."])
    assert unknown_note(question, ["Brentolazine calms."]) == ""
    assert unknown_note("Is buspirone better?", ["Nothing."]) == ""


@given(st.text(max_size=200))
def test_any_text_is_read(text: str) -> None:
    assert set(must_be_named(text)) <= set(unknown_names(text))
    assert unknown_note(text, [text]) == ""
    assert mended(mended(text, untold), untold) == mended(text, untold)
