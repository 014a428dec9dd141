from __future__ import annotations

import time
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.compose.reply.sentences import ArrivingReply, read_reply
from rag.errors import LLMError

STYLES = {
    "It helps [1]. It passes [2, 3].": [("It helps.", (1,)), ("It passes.", (2, 3))],
    "It helps. [1][2] It passes. [3]": [("It helps.", (1, 2)), ("It passes.", (3,))],
    "It lasts 5-10 minutes [1-3].": [("It lasts 5-10 minutes.", (1, 2, 3))],
    "It helps. (Source 2) It passes (sources 1 and 3).": [
        ("It helps.", (2,)),
        ("It passes.", (1, 3)),
    ],
    "It helps.^1 It passes.[^2]\n\n[^2]: Source 3": [("It helps.", (1,)), ("It passes.", (3,))],
    "It helps¹. It passes²,³.": [("It helps.", (1,)), ("It passes.", (2, 3))],
    "It helps【1†source】.": [("It helps.", (1,))],
    "According to Source 2, it helps. Source 3 says that it passes.": [
        ("It helps.", (2,)),
        ("It passes.", (3,)),
    ],
    "It helps (1). It passes (2).": [("It helps.", (1,)), ("It passes.", (2,))],
    "It helps [[4]](#s4). It passes \\cite{5}.": [("It helps.", (4,)), ("It passes.", (5,))],
    "See [the NHS](https://nhs.example) about it [1].": [("See the NHS about it.", (1,))],
    "[1] Rest helps.": [("Rest helps.", (1,))],
    "It helps [99].": [("It helps.", (99,))],
}


@pytest.mark.parametrize("reply", STYLES)
def test_citations_of_every_style(reply: str) -> None:
    assert [(s.text, s.cites) for s in read_reply(reply)] == STYLES[reply]


@pytest.mark.parametrize(
    "reply",
    [
        "The PHQ (9) has questions [1].",
        "Less than 5% of people recover [2].",
        "Take part in group 2 of the study [1].",
        "Type 2 diabetes is another illness [1].",
    ],
)
def test_numbers_that_are_no_citations_stay(reply: str) -> None:
    (sentence,) = read_reply(reply)
    assert sentence.text == reply.rsplit(" [", 1)[0] + "."


def test_markdown_headings_tables_and_lists() -> None:
    reply = (
        "# Title\n**What helps:**\n\nThese may help:\n- slow *breathing* [1]\n- `rest` [2]\n\n"
        "| What | Effect |\n| --- | --- |\n| CBT | helps most people [2] |\n\n---\n> Tea is warm."
    )
    assert [(s.text, s.cites) for s in read_reply(reply)] == [
        ("These may help:", ()),
        ("slow breathing", (1,)),
        ("rest", (2,)),
        ("CBT: helps most people.", (2,)),
        ("Tea is warm.", ()),
    ]


@pytest.mark.parametrize(
    "reply",
    [
        '{"answer": "Rest helps.", "citations": [1]}',
        '{"Answer": "Rest helps.", "Citations": [1]}',
        '```json\n{"sentences": [{"text": "Rest helps.", "sources": ["[1]"]}]}\n```',
        "<p>Rest helps<sup>1</sup>.</p><script>steal()</script><style>p{}</style>",
        "<think>Tea helps. [2]</think>Rest helps. [1]",
        "Rest helps. [1]\n\nReferences:\n[1] NHS, https://nhs.example\n[2] NIMH",
    ],
)
def test_wrappings_leave_the_sentence_alone(reply: str) -> None:
    assert [(s.text, s.cites) for s in read_reply(reply)] == [("Rest helps.", (1,))]


@pytest.mark.parametrize(
    "reply", ['{"answer": "Rest', "[{]", '{"verdict": 3}', '{"":' * 1200, '{"text":' * 985 + "1"]
)
def test_json_that_holds_no_answer_is_refused(reply: str) -> None:
    with pytest.raises(LLMError, match="JSON"):
        read_reply(reply)


def test_a_sentence_that_was_cut_off_is_known_as_such() -> None:
    *whole, last = read_reply("Rest helps. [1] You should never stop")
    assert all(sentence.finished for sentence in whole)
    assert not last.finished
    assert read_reply("Rest helps [1]")[0].finished


@pytest.mark.parametrize("reply", STYLES)
@pytest.mark.parametrize("size", [1, 3, 7])
def test_a_reply_that_arrives_in_pieces_reads_the_same(reply: str, size: int) -> None:
    if "[^2]:" in reply or "(1)" in reply:
        pytest.skip("what a mark means is only known at the end")
    arriving = ArrivingReply()
    found = []
    for start in range(0, len(reply), size):
        found += arriving.add(reply[start : start + size])
    found += arriving.rest()
    assert tuple(found) == read_reply(reply)


@given(st.text(max_size=400))
def test_any_text_is_read_or_refused(reply: str) -> None:
    try:
        sentences = read_reply(reply)
    except LLMError:
        return
    assert all(any(c.isalnum() for c in sentence.text) for sentence in sentences)


@pytest.mark.parametrize("depth", [200, 400, 900, 980, 990, 5000])
def test_json_of_any_depth_is_read_or_refused(depth: int) -> None:
    try:
        (sentence,) = read_reply('{"text":' * depth + '"Rest helps."' + "}" * depth)
    except LLMError:
        return
    assert sentence.text == "Rest helps."


@pytest.mark.parametrize(
    ("reply", "text"),
    [
        ("<p>Rest <![x helps.", "Rest <![x helps."),
        ("<p>Rest helps<!-- [2] --> if 2 < 3.</p>", "Rest helps if 2 < 3."),
        ("Rest helps" + "¹" * 5000, "Rest helps" + "¹" * 5000),
    ],
)
def test_what_looks_like_markup_and_is_none_stays_text(reply: str, text: str) -> None:
    (sentence,) = read_reply(reply)
    assert (sentence.text, sentence.cites) == (text, ())


def test_long_replies_are_read_quickly() -> None:
    for text in ("a " * 100_000, "[" * 50_000, "(Source " * 10_000, "<p" * 20_000, "|a" * 20_000):
        read_reply(text)


def _seconds(work: Callable[[str], object], text: str) -> float:
    began = time.process_time()
    work(text)
    return time.process_time() - began


@pytest.mark.parametrize(
    ("unit", "end"),
    [
        (" a", ""), ("**a ", ""), ("~~a ", ""), ("![", ""), ("![a](", ""), ("A. ", ""), ("?", "x"),
        (" ", "x"), ("\t", "\nx"), ("[1]\n", "x"), ("¹\n", "x"), ("<p. ***", ""),
    ],
)  # fmt: skip
@pytest.mark.parametrize("start", ["[", "a\n", "[source", "<p>"])
def test_a_reply_twice_as_long_takes_twice_as_long(start: str, unit: str, end: str) -> None:
    once, twice = (start + unit * (size // len(unit)) + end for size in (12_000, 24_000))
    assert _seconds(read_reply, twice) < 3 * _seconds(read_reply, once) + 0.3


def _arrive(text: str) -> list[tuple[int, str]]:
    """(characters that had arrived, sentence) for each sentence given."""
    reply = ArrivingReply()
    return [(i + 4, s.text) for i in range(0, len(text), 4) for s in reply.add(text[i : i + 4])]


@pytest.mark.parametrize("unit", ["Rest helps a lot. ", "[a ", "A. ", " ", "- rest [1]\n"])
def test_a_reply_that_arrives_is_not_read_again_for_every_piece(unit: str) -> None:
    once, twice = (unit * (size // len(unit)) for size in (4_800, 9_600))
    assert _seconds(_arrive, twice) < 3 * _seconds(_arrive, once) + 0.3


def test_a_sentence_is_given_while_the_next_ones_arrive() -> None:
    sentences = [f"Rest number {n} helps many people on a long day." for n in range(60)]
    given = _arrive(" ".join(sentences))
    assert [text for _, text in given] == sentences[: len(given)]
    assert len(given) > 57
    for n, (at, _) in enumerate(given, start=1):
        end = len(" ".join(sentences[:n]))
        assert at - end < len(sentences[0]) + 0.03 * end


def test_items_that_are_sentences_stand_apart_and_short_ones_together() -> None:
    long = "These may help:\n- Keep the bedroom dark and quiet [1]\n- Rest [2]\n- Walk a lot daily."
    found = read_reply(long)
    assert [(s.text, s.cites, s.lead) for s in found] == [
        ("These may help:", (), ""),
        ("Keep the bedroom dark and quiet", (1,), ""),
        ("Rest", (2,), "These may help:"),
        ("Walk a lot daily.", (), ""),
    ]
    (joined,) = read_reply("Signs include:\n- low mood\n- poor sleep [1]")
    assert (joined.text, joined.cites) == ("Signs include: low mood; poor sleep", (1,))
    cited = read_reply("Signs include:\n- low mood [1]\n- poor sleep [2]")
    assert [s.cites for s in cited] == [(), (1,), (2,)]


@pytest.mark.parametrize("size", [1, 3, 7, 1000])
def test_a_list_arrives_as_it_is_read_whole(size: int) -> None:
    text = "These may help:\n- Keep the bedroom dark and quiet [1]\n- Rest [2]\n\nIt passes. [1]"
    reply = ArrivingReply()
    found = [s for i in range(0, len(text), size) for s in reply.add(text[i : i + size])]
    assert (*found, *reply.rest()) == read_reply(text)
