from __future__ import annotations

import itertools
import re
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.ingest.chunking import canonical_text, passages
from rag.model import Block, BlockKind, Document, Passage, Source, passage_id, sha256_text
from rag.settings import IngestSettings

Make = Callable[[list[Block]], Document]

SETTINGS = IngestSettings()
SMALL = IngestSettings(min_tokens=20, max_tokens=40)
TEXT_KINDS = [BlockKind.PARAGRAPH, BlockKind.LIST_ITEM, BlockKind.TABLE_ROW]


def count_tokens(text: str) -> int:
    """Adds up over white space, as WordPiece does: one token for each six letters of a word."""
    return sum(1 + len(word) // 7 for word in text.split())


def in_document(blocks: list[Block]) -> Document:
    source = Source(id="made", title="Made", publisher="", sha256="0" * 64, edition="1")
    return Document(source=source, blocks=tuple(blocks))


def paragraph(text: str, **more: object) -> Block:
    return Block(BlockKind.PARAGRAPH, text, **more)  # type: ignore[arg-type]


def heading(text: str, level: int) -> Block:
    return Block(BlockKind.HEADING, text, level=level)


def item(text: str) -> Block:
    return Block(BlockKind.LIST_ITEM, text)


def sentences(count: int, words: int = 12) -> str:
    return " ".join(f"Sentence {n} " + "calm " * (words - 3) + "ends." for n in range(count))


@st.composite
def documents(draw: st.DrawFn) -> Document:
    """Sections of any shape in which every word occurs once and names its section."""
    word = (f"w{number}" for number in itertools.count())
    blocks: list[Block] = []
    for section in range(draw(st.integers(1, 4))):
        blocks.append(heading(f"Section {section}", draw(st.integers(1, 4))))
        for _ in range(draw(st.integers(0, 6))):
            marks = draw(
                st.lists(st.sampled_from([" ", " ", " ", ". ", ", ", "; ", ": "]), max_size=90)
            )
            text = "".join(f"{next(word)}s{section}{mark}" for mark in marks)
            end = draw(st.sampled_from([".", "?", ":", "", " (e.g. one)."]))
            text = (text[:1].upper() + text[1:]).strip() + end
            blocks.append(Block(draw(st.sampled_from(TEXT_KINDS)), text))
    return in_document(blocks)


ANY_TEXT = st.builds(
    in_document,
    st.lists(
        st.builds(
            Block,
            kind=st.sampled_from(list(BlockKind)),
            text=st.text(max_size=300),
            level=st.integers(1, 6),
            page=st.one_of(st.none(), st.integers(1, 9)),
        ),
        max_size=12,
    ),
)


@given(st.one_of(documents(), ANY_TEXT))
def test_offsets_hashes_and_ids_hold(document: Document) -> None:
    whole = canonical_text(document)
    made = passages(document, count_tokens, SMALL)

    for passage in made:
        assert whole[passage.start : passage.end] == passage.text
        assert passage.id == passage_id("made", "1", passage.text)
        assert passage.sha256 == sha256_text(passage.text)
        last = 0
        for start, end in passage.sentences:
            assert last <= start < end <= len(passage.text)
            last = end
    assert len({passage.id for passage in made}) == len(made)
    assert made == passages(document, count_tokens, SMALL)


@given(st.one_of(documents(), ANY_TEXT))
def test_no_passage_is_over_the_limit_or_overlaps_another(document: Document) -> None:
    made = passages(document, count_tokens, SMALL)

    assert all(count_tokens(p.text) <= SMALL.max_tokens or len(p.text) == 1 for p in made)
    assert all(one.end <= other.start for one, other in itertools.pairwise(made))


@given(documents())
def test_no_passage_crosses_a_heading_and_no_word_is_lost(document: Document) -> None:
    made = passages(document, count_tokens, SMALL)

    found: dict[str, list[str]] = {}
    for passage in made:
        words = re.findall(r"w\d+s\d", passage.text.lower())
        sections = {word[-1] for word in words}
        assert len(sections) <= 1
        for section in sections:
            assert passage.heading[-1] == f"Section {section}"
            found.setdefault(section, []).extend(words)
    everything = re.findall(r"w\d+s\d", canonical_text(document).lower())
    for section, words in itertools.groupby(everything, key=lambda word: word[-1]):
        expected = list(words)
        if len(expected) >= 5:
            assert found[section] == expected
        else:
            assert found.get(section, []) in ([], expected)


@given(documents())
def test_sentences_cover_all_but_space_and_list_marks(document: Document) -> None:
    for passage in passages(document, count_tokens, SMALL):
        rest = passage.text
        for start, end in reversed(passage.sentences):
            rest = rest[:start] + rest[end:]
        assert not rest.replace("-", "").strip()


def test_canonical_text_keeps_lists_together_and_leaves_headings_out(document: Make) -> None:
    made = document(
        [
            heading("Panic", 1),
            paragraph("Signs include:"),
            item("a fast heart"),
            item("short breath"),
            paragraph("It passes."),
        ]
    )
    assert canonical_text(made) == "Signs include:\n- a fast heart\n- short breath\n\nIt passes."


def test_a_long_section_is_cut_evenly(document: Make) -> None:
    made = passages(document([paragraph(sentences(25))]), count_tokens, SETTINGS)

    sizes = [count_tokens(passage.text) for passage in made]
    assert sum(sizes) == 25 * count_tokens(sentences(1))
    assert len(sizes) == 2
    assert max(sizes) - min(sizes) <= count_tokens(sentences(1))


def test_a_short_section_is_a_passage_of_its_own(document: Make) -> None:
    made = passages(
        document(
            [
                heading("Sleep", 1),
                heading("How long", 2),
                paragraph("Most adults need seven hours or more."),
                heading("Naps", 2),
                paragraph("Short naps can help."),
            ]
        ),
        count_tokens,
        SETTINGS,
    )
    assert [passage.heading for passage in made] == [("Sleep", "How long"), ("Sleep", "Naps")]


@pytest.mark.parametrize("text", ["Read on", "Two words here now", "12", "– – –"])
def test_a_section_that_says_nothing_is_left_out(document: Make, text: str) -> None:
    assert passages(document([heading("Sleep", 1), paragraph(text)]), count_tokens, SETTINGS) == ()


def test_a_sentence_in_a_script_without_spaces_stays(document: Make) -> None:
    made = passages(document([paragraph("抑郁症是一种常见的疾病。")]), count_tokens, SETTINGS)
    assert len(made) == 1


def test_a_lead_in_stays_with_its_list(document: Make) -> None:
    before = paragraph(sentences(9))
    signs = [paragraph("The signs of a panic attack include:")]
    signs += [item(f"sign number {n} of which people often speak") for n in range(16)]

    made = passages(document([before, *signs]), count_tokens, SETTINGS)

    assert [passage.text.split()[0] for passage in made] == ["Sentence", "The"]
    assert made[1].text.count("\n- ") == 16


def test_breaks_fall_between_items_rather_than_in_them(document: Make) -> None:
    items = [
        item(f"Item {n} begins here. " + "It goes on for a while longer. " * 12) for n in "abc"
    ]
    made = passages(document([paragraph("Kinds of help."), *items]), count_tokens, SETTINGS)

    assert len(made) > 1
    assert all(passage.text.startswith(("- Item", "Kinds")) for passage in made)


def test_an_endless_sentence_is_cut_at_clause_ends(document: Make) -> None:
    clauses = (
        ", ".join(f"clause {n} of a sentence that never seems to end" for n in range(60)) + "."
    )
    made = passages(document([paragraph(clauses)]), count_tokens, SETTINGS)

    assert len(made) > 2
    assert all(passage.text.endswith((",", ".")) for passage in made)


def test_one_word_without_end_is_cut_too(document: Make) -> None:
    word = "".join(f"x{number}" for number in range(1500))
    made = passages(document([paragraph(word + " and more words here.")]), len, SMALL)

    assert "".join(passage.text for passage in made).replace(" ", "").startswith(word)
    assert all(len(passage.text) <= SMALL.max_tokens for passage in made)


@pytest.mark.parametrize(
    ("blocks", "expected"),
    [
        ([heading("Top", 1), heading("Under", 2)], ("Top", "Under")),
        ([heading("Under", 2)], ("Made", "Under")),
        ([heading("Made", 2)], ("Made",)),
        ([heading("Top", 1), heading("Deep", 4), heading("Under", 2)], ("Top", "Under")),
        ([heading("Top", 1), heading("Next", 1)], ("Next",)),
        ([heading("Top", 1), heading("Top", 2)], ("Top",)),
        ([], ("Made",)),
    ],
)
def test_heading_paths(document: Make, blocks: list[Block], expected: tuple[str, ...]) -> None:
    text = paragraph("Some words that say a little.")
    (passage,) = passages(document([*blocks, text]), count_tokens, SETTINGS)
    assert passage.heading == expected


def test_long_headings_leave_less_room_for_text(document: Make) -> None:
    def longest(title: str) -> int:
        made = passages(
            document([heading(title, 1), paragraph(sentences(40))]), count_tokens, SETTINGS
        )
        return max(count_tokens(passage.text) for passage in made)

    assert longest("word " * 120) <= SETTINGS.max_tokens - 80 < longest("A title")


def test_the_same_text_twice_is_one_passage_with_both_pages(document: Make) -> None:
    text = "Call a friend when the day feels too long."
    made = passages(
        document(
            [
                heading("One", 1),
                paragraph(text, page=3),
                heading("Two", 1),
                paragraph(text, page=9),
            ]
        ),
        count_tokens,
        SETTINGS,
    )
    (passage,) = made
    assert (passage.heading, passage.pages) == (("One",), (3, 9))


def test_pages_are_those_of_the_text_itself(document: Make) -> None:
    text = sentences(30)
    turn = text.index("Sentence 15")
    made = passages(
        document([paragraph(text, page=4, page_breaks=((turn, 5),))]), count_tokens, SETTINGS
    )

    expected = []
    for passage in made:
        numbers = [int(n) for n in re.findall(r"Sentence (\d+)", passage.text)]
        expected.append(tuple(sorted({4 if n < 15 else 5 for n in numbers})))
    assert [passage.pages for passage in made] == expected
    assert {page for passage in made for page in passage.pages} == {4, 5}


def test_page_breaks_count_from_the_item_s_text(document: Make) -> None:
    breaks = ((11, 8),)
    block = Block(BlockKind.LIST_ITEM, "First page second page.", page=7, page_breaks=breaks)
    (passage,) = passages(document([block]), count_tokens, SETTINGS)
    assert passage.pages == (7, 8)


def test_real_passages_have_the_sizes_that_settings_ask_for(document: Make) -> None:
    made: tuple[Passage, ...] = passages(
        document([paragraph(sentences(7, words=20)) for _ in range(6)]), count_tokens, SETTINGS
    )
    assert all(SETTINGS.min_tokens <= count_tokens(p.text) <= SETTINGS.max_tokens for p in made)
