from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest

from rag.errors import DocumentError
from rag.model import BlockKind, Document

Read = Callable[..., Document]
Texts = Callable[..., list[str]]

PAGE = """<!doctype html>
<html lang="en-GB"><head><meta charset="{charset}"><title>Panic attacks - Example House</title>
<meta property="og:site_name" content="Example House">
<link rel="canonical" href="https://example.org/panic">
<meta property="article:published_time" content="2024-05-06">
<script>var secret = "script words";</script><style>p {{ color: red }}</style></head>
<body><header><nav><ul><li><a href="/">Home</a></li>
<li><a href="/a">A to Z</a></li></ul></nav></header>
<div class="cookie-banner"><p>We use cookies. <button>Accept all cookies</button></p></div>
<main><article><h1>Panic attacks</h1>
<p>A panic attack is a rush of <b>strong fear</b> that comes on fast. It mostly passes within
minutes, although it can feel much longer than that to the person – caf\u00e9 or bus, it comes
anywhere.</p>
{hidden}
<h2>Signs</h2><p>Signs can include:</p>
<ul><li>a fast heart</li><li>short breath<ul><li>even at rest</li></ul></li><li>shaking</li></ul>
<h2>What helps</h2><h3>Right away</h3><ol><li>Breathe slowly.</li><li>Name five things.</li></ol>
<p>Talking therapy helps many people. See <a href="/cbt">how it works</a> for what happens in a
session and for how to ask for it where you live.</p>
<table><tr><th>Therapy</th><th>Sessions</th></tr><tr><td>Talking</td><td>7 to 14</td></tr></table>
</article><aside><h2>Related</h2><ul><li><a href="/x">Anxiety</a></li>
<li><a href="/y">Phobias</a></li></ul></aside></main>
<footer><p>Imprint of the house</p><a href="/p">Privacy</a></footer></body></html>
"""
HIDING = [
    '<p style="display:none">{}</p>',
    '<p style="visibility: hidden">{}</p>',
    '<p style="font-size:0px">{}</p>',
    '<p style="position:absolute;left:-9999px">{}</p>',
    '<p style="opacity:0">{}</p>',
    "<p hidden>{}</p>",
    '<div aria-hidden="true"><p>{}</p></div>',
    "<template><p>{}</p></template>",
    "<noscript><p>{}</p></noscript>",
    "<!-- <p>{}</p> -->",
    "<p><script>{}</script></p>",
]


def page(charset: str = "utf-8", hidden: str = "") -> bytes:
    return PAGE.format(charset=charset, hidden=hidden).encode(charset)


def test_main_content_with_its_structure(read_text: Read) -> None:
    document = read_text(page(), name="panic.html")

    found = [(block.kind.value, block.text[:30], block.level) for block in document.blocks]
    assert found == [
        ("heading", "Panic attacks", 1),
        ("paragraph", "A panic attack is a rush of st", 0),
        ("heading", "Signs", 2),
        ("paragraph", "Signs can include:", 0),
        ("list_item", "a fast heart", 0),
        ("list_item", "short breath", 0),
        ("list_item", "even at rest", 0),
        ("list_item", "shaking", 0),
        ("heading", "What helps", 2),
        ("heading", "Right away", 3),
        ("list_item", "Breathe slowly.", 0),
        ("list_item", "Name five things.", 0),
        ("paragraph", "Talking therapy helps many peo", 0),
        ("table_row", "Therapy: Talking; Sessions: 7 ", 0),
    ]


def test_the_head_tells_where_the_page_comes_from(read_text: Read) -> None:
    source = read_text(page(), name="panic.html").source
    assert (source.title, source.publisher) == ("Panic attacks", "Example House")
    assert source.url == "https://example.org/panic"
    assert source.published == dt.date(2024, 5, 6)
    assert source.language == "en-GB"


@pytest.mark.parametrize("hiding", HIDING)
def test_hidden_text_is_no_evidence(read_text: Read, texts: Texts, hiding: str) -> None:
    secret = "Words that no reader of the page can see, about stopping all treatment at once."
    document = read_text(page(hidden=hiding.format(secret)), name="panic.html")
    assert not [text for text in texts(document) if "no reader" in text]
    assert len(texts(document, BlockKind.PARAGRAPH)) == 3


@pytest.mark.parametrize("charset", ["utf-8", "windows-1252"])
def test_the_declared_encoding_is_used(read_text: Read, texts: Texts, charset: str) -> None:
    document = read_text(page(charset), name="panic.htm")
    assert "– café or bus" in texts(document, BlockKind.PARAGRAPH)[0]


@pytest.mark.parametrize("charset", [b"ascii", b"no-such-charset", b"undefined"])
def test_a_wrong_declaration_does_not_break_the_text(
    read_text: Read, texts: Texts, charset: bytes
) -> None:
    wrong = page().replace(b'charset="utf-8"', b'charset="' + charset + b'"')
    assert "– café" in texts(read_text(wrong, name="panic.html"), BlockKind.PARAGRAPH)[0]


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_xhtml_may_begin_with_an_xml_declaration(
    read_text: Read, texts: Texts, mark: bytes
) -> None:
    xhtml = page().replace(b"<!doctype html>", b'<?xml version="1.0" encoding="utf-8"?>')
    xhtml = xhtml.replace(b'<meta charset="utf-8">', b"")
    document = read_text(mark + xhtml, name="panic.html")
    assert "– café" in texts(document, BlockKind.PARAGRAPH)[0]
    assert document.source.title == "Panic attacks"


@pytest.mark.parametrize(
    "content",
    [
        "<html><body><nav><a href='/a'>A</a> <a href='/b'>B</a></nav></body></html>",
        "<html><body><script>document.write('all of it')</script></body></html>",
        "<html></html>",
    ],
)
def test_a_page_without_content_is_refused(read_text: Read, content: str) -> None:
    with pytest.raises(DocumentError, match=r"page\.html: (no main content|nothing in this file)"):
        read_text(content, name="page.html")


def test_deep_nesting_does_not_break_the_reader(read_text: Read) -> None:
    deep = "<div>" * 5000 + "<p>" + "Plain words about sleep and rest. " * 20 + "</p>"
    try:
        document = read_text(f"<html><body>{deep}</body></html>", name="deep.html")
    except DocumentError:
        return
    assert document.blocks
