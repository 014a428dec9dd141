from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.ingest.lexicon import english_words
from rag.ingest.unglue import unglue


@pytest.mark.parametrize(
    ("glued", "mended"),
    [
        ("Signs ofanxiety differ.", "Signs of anxiety differ."),
        ("Misusedrugsoralcohol", "Misuse drugs or alcohol"),
        ("the newest productshere.", "the newest products here."),
        ("Abouta third of adults", "About a third of adults"),
        ("It helps, includingdepressionand stress.", "It helps, including depression and stress."),
        ("asthyroid problemsorarrhythmia", "as thyroid problems or arrhythmia"),
        ("theanklesandknees", "the ankles and knees"),
        ("Use causesdisability.", "Use causes disability."),
        ("a disordercomes and goes", "a disorder comes and goes"),
        ("Also inSpanish", "Also in Spanish"),
        ("from theNational Institute", "from the National Institute"),
        ("Read our policyto learn.", "Read our policy to learn."),
        ("chemistry,stress, and sleep", "chemistry, stress, and sleep"),
        ("include:Talking helps.Walking too.", "include: Talking helps. Walking too."),
        ("therapy (CBT)is common", "therapy (CBT) is common"),
        ("disorder(OCD) and disorder(a long one)", "disorder (OCD) and disorder (a long one)"),
        ("call or text988or chat", "call or text 988 or chat"),
        ("the 13thleading cause", "the 13th leading cause"),
        ("help at988lifeline.org. Now", "help at 988lifeline.org. Now"),
        ("go toFindHelp.govto ask", "go to FindHelp.gov to ask"),
        ("in many disparities.2Examples follow", "in many disparities. Examples follow"),
        ("of violence1such as this", "of violence such as this"),
        ("aged 13-18.4", "aged 13-18."),
        ("fell (to 7.2%10). Then", "fell (to 7.2%). Then"),
        ("see the MedlinePlusresource.", "see the MedlinePlus resource."),
        ("a rate of 28 per 100,0003 people", "a rate of 28 per 100,000 people"),
    ],
)
def test_lost_spaces_come_back(glued: str, mended: str) -> None:
    assert unglue([glued])[0].split() == mended.split()


@pytest.mark.parametrize(
    "text",
    [
        "inattention and inpatient care for stressors of therapists",
        "Medicare and enuresis and anhedonia",
        "pseudodementia and neurofeedback",
        "AWAREBehavioral and NIHAll",
        "kg/m2, vitamin B12, 0.2 mg and 1,000 steps at 10:30 a.m.",
        "parent(s) and child(ren) and symptom(s)",
        "www.nimh.nih.gov/medications and info@example.org",
        "MedlinePlus, PubMed and LinkedIn by McDonald",
        "TalkTheyHearYou and FindTreatment and YouTube",
        "avolition and alogia",
        "wellbeing, bedwetting, undertreated and handwashing",
        "gatekeeper, hotline, webpage and policymakers",
        "e.g. sertraline, i.e. an SSRI",
        "It costs 1,000,000 in all.",
    ],
)
def test_what_is_whole_stays(text: str) -> None:
    assert unglue([text]) == [text]


def test_a_name_that_the_document_uses_is_known() -> None:
    texts = [
        "Buspironeis not a sedative.",
        "Unlike others, buspirone takes weeks. So buspirone is slow.",
    ]
    assert unglue(texts)[0] == "Buspirone is not a sedative."


def test_a_letter_before_a_word_of_the_document() -> None:
    texts = ["Cluster Cpersonality differs.", "A personality, one personality, any personality."]
    assert unglue(texts)[0] == "Cluster C personality differs."


def test_a_string_seen_often_is_a_word() -> None:
    texts = ["Orandsleep helps. " * 6]
    assert unglue(texts) == texts


PIECES = "the and of to in Medline Plus NIMH CDC depression Health website sleep anxiety is".split()
GLUED = st.lists(st.sampled_from(PIECES), min_size=1, max_size=4).map("".join)


@given(
    st.one_of(
        st.text(alphabet="abcdefghij theandof.,()FGHÉ’-", max_size=200),
        st.lists(st.one_of(GLUED, st.sampled_from(PIECES)), max_size=12).map(" ".join),
    ),
    st.booleans(),
)
def test_nothing_but_white_space_changes(text: str, scraped: bool) -> None:
    assert "".join(unglue([text], scraped=scraped)[0].split()) == "".join(text.split())


def test_content_words_stay_together_where_no_scraper_was() -> None:
    text = "Depressionsymptoms are real. Some call it a disordercomes case."
    assert unglue([text], scraped=False) == [text]


@given(
    st.lists(
        st.sampled_from(sorted(w for w in english_words() if w.isalpha() and len(w) > 2)),
        min_size=1,
        max_size=20,
    )
)
def test_words_of_the_list_are_never_split(words: list[str]) -> None:
    text = " ".join(words)
    assert unglue([text]) == [text]


def test_strings_without_end_take_no_time() -> None:
    texts = ["inonat" * 2000, " ".join("toofin" * 5 + chr(97 + n % 26) * 3 for n in range(40))]
    start = time.perf_counter()
    assert unglue(texts)[0] == texts[0]
    assert time.perf_counter() - start < 5
