from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.errors import DocumentError
from rag.ingest.clean import decode, one_line, visible_text

HERE = Path("page.txt")
SENTENCE = "It’s a café – “quoted” words about low mood and worry in young people."


@given(st.text())
def test_nothing_unseen_is_left(text: str) -> None:
    clean = visible_text(text)

    categories = {unicodedata.category(char) for char in clean if char not in "\n\t\u200c\u200d"}
    assert not categories & {"Cc", "Cf", "Cs", "Co", "Cn"}
    assert clean == unicodedata.normalize("NFC", clean)


@given(st.text())
def test_one_line_is_one_line_and_stable(text: str) -> None:
    line = one_line(text)
    assert line == " ".join(line.split())
    assert one_line(line) == line


@pytest.mark.parametrize(
    ("hidden", "shown"),
    [
        ("a\u202eb\u202cc", "abc"),  # right-to-left override
        ("a\u2066b\u2069c", "abc"),
        ("zero\u200bwidth\ufeff", "zerowidth"),
        ("soft\u00adhyphen", "softhyphen"),
        ("tag\U000e0041\U000e0042ged", "tagged"),
        ("di\ufb03cult", "difficult"),
        ("no\u00a0break", "no break"),
        ("bell\x07here", "bell here"),
        ("lone\ud800", "lone"),
        ("joined\u200dup", "joinedup"),
    ],
)
def test_hidden_characters_go(hidden: str, shown: str) -> None:
    assert one_line(hidden) == shown


def test_joiners_stay_where_they_carry_meaning() -> None:
    persian = "می\u200cخواهم"
    assert one_line(persian) == persian


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_unicode_is_read_without_a_warning(encoding: str) -> None:
    assert decode(SENTENCE.encode(encoding), HERE) == (SENTENCE, ())


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (SENTENCE, "cp1252"),
        ("Депрессия — это болезнь, которая влияет на настроение и сон человека.", "cp1251"),
    ],
)
def test_another_encoding_is_detected_and_said(text: str, encoding: str) -> None:
    decoded, warnings = decode(text.encode(encoding), HERE)
    assert decoded == text
    assert encoding in warnings[0]


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (b"\x00\x01\x02" * 100, "binary"),
        (bytes(range(1, 32)) * 20, "binary"),
        ((SENTENCE * 3).encode() + b"\xff", "not valid UTF-8 at byte"),
        ("うつ病は気分が落ち込む病気です。".encode("shift_jis"), "Save the file as UTF-8"),
        (b"\xff\xfea", "broken utf-16"),
    ],
)
def test_what_is_no_text_is_refused(data: bytes, what: str) -> None:
    with pytest.raises(DocumentError, match=what):
        decode(data, HERE)
