"""Turns what people type into plain word sequences that rules can be matched on.

Undoes what hides a word from a word list: width and font variants, look-alike letters,
zero-width characters, accents, emoji, digits for letters, stars inside words, stretched or
spaced-out letters, typing slips, chat abbreviations and contractions. Every step is linear in
the length of the text.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

from rag.safety.lexicon import Lexicon

BREAK = "."  # stands between sentences; no gap of a pattern crosses it
QUOTE = '"'  # stands where a quotation opens or closes

_LOOK_ALIKES = str.maketrans(
    dict(
        pair.split("=")
        for pair in "а=a е=e о=o р=p с=c у=y х=x і=i ј=j ѕ=s ԁ=d һ=h ӏ=l к=k м=m т=t в=b н=h г=r "
        "п=n α=a β=b ε=e ι=i κ=k ν=v ο=o ρ=p τ=t υ=u χ=x ω=w ѵ=v ɪ=i ɡ=g ł=l ø=o đ=d ı=i ".split()
    )
)
_MARKS_WITHIN = range(0x300, 0x1E950)  # code points among which all combining marks lie
_PHRASE_SIGNS = {0xFDFA: " ", 0xFDFB: " "}  # one character each that becomes a dozen words
_LEET = str.maketrans("013456789@$!|+€", "oieasgtbgasilte")
_LEET_MARK = re.compile(r"(?=.*[^\W\d_])(?=.*[013456789@$!|+€])")
_STRETCHED = re.compile(r"([^\W\d_])\1{2,}")
_CHUNK = re.compile(r"\S+|\n+")
_PIECE = re.compile(r"[a-z0-9]+(?:'[a-z]+)*|[.!?;…\n]+|\"|[^\W_a-z0-9]+|\*+")
_QUANTITY = re.compile(r"\d+[a-z]{1,3}\W*")  # "3x", "50mg": not letters in disguise
_STARRED = re.compile(r"[a-z]+\*+[a-z]+(?:\*+[a-z]+)*")
_MAX_TOKEN = 40  # no rule has a longer word; longer runs are cut, so one token stays cheap
_SPELLED_MIN = 3  # this many single letters in a row are read as one spelled-out word
_SPELLED_MAX = 60
_SELF_NOUNS = [["harm"], ["harming"], ["injury"], ["esteem"], ["worth"], ["confidence"], ["image"]]


def tokens(text: str, lexicon: Lexicon) -> list[str]:
    """The words of `text`, lower case, with `BREAK` between sentences and `QUOTE` at quotes.

    >>> from rag.safety.ruleset import shipped_rules
    >>> tokens("I wanna d!eeee 2night", shipped_rules().lexicon)
    ['i', 'want', 'to', 'die', 'tonight']
    """
    pieces = _pieces(_characters(text, lexicon), lexicon)
    words: list[str] = []
    for token in _join_spelled(pieces, lexicon):
        words.extend(_expand(token, lexicon))
    return _join_split_words(words, lexicon)


def without_heaps(text: str) -> str:
    """`text` without what makes Unicode's own normalisation slow: marks heaped on one letter, more
    than any language has, which are sorted in quadratic time, and signs that stand for a phrase.

    >>> len(without_heaps("a" + "\u0301" * 1000))
    5
    """
    return text if text.isascii() else _heap().sub(r"\1", text).translate(_PHRASE_SIGNS)


@lru_cache(maxsize=1)
def _heap() -> re.Pattern[str]:
    """Four combining marks, and all that follow them."""
    marks = re.escape("".join(filter(unicodedata.combining, map(chr, _MARKS_WITHIN))))
    return re.compile(f"([{marks}]{{4}})[{marks}]+")


def _characters(text: str, lexicon: Lexicon) -> str:
    text = unicodedata.normalize("NFKC", without_heaps(text))
    out: list[str] = []
    for char in text:
        if char < "\x7f":
            out.append(char)
            continue
        if char in lexicon.emoji:
            out.append(f" {lexicon.emoji[char]} ")
            continue
        code = ord(char)
        if 0x1F130 <= code <= 0x1F189:  # squared and negative squared letters
            out.append(chr(ord("a") + (code - 0x1F130) % 32 % 26))
        elif 0x1F1E6 <= code <= 0x1F1FF:  # regional indicators
            out.append(chr(ord("a") + code - 0x1F1E6))
        elif unicodedata.category(char) not in ("Cf", "Mn", "Me", "Cc", "Co", "Cs"):
            out.append(char)
    folded = "".join(out).casefold()
    for mark in "‘’ʼ`´′":
        folded = folded.replace(mark, "'")
    for mark in "“”„«»″":
        folded = folded.replace(mark, '"')
    if folded.isascii():
        return folded
    decomposed = unicodedata.normalize("NFD", folded)
    return "".join(c for c in decomposed if unicodedata.category(c) != "Mn")


def _pieces(text: str, lexicon: Lexicon) -> list[str]:
    pieces: list[str] = []
    in_leet = False
    for match in _CHUNK.finditer(text):
        chunk = match.group()
        if not chunk.isascii() and any("a" <= c <= "z" for c in chunk):
            chunk = chunk.translate(_LOOK_ALIKES)  # mixed scripts inside one word
        plain = _PIECE.findall(chunk)
        starred = _STARRED.search(chunk) if "*" in chunk else None
        if starred and (word := lexicon.starred(starred.group())):
            pieces.append(word)
            continue
        disguised = len(chunk) <= _MAX_TOKEN and _LEET_MARK.match(chunk)
        if disguised and not _QUANTITY.fullmatch(chunk):
            read = _unleet(chunk, plain, lexicon)
            in_leet = in_leet or read != plain
            pieces.extend(read)
        else:
            pieces.extend(p for p in plain if p[0] != "*")
    return [_short_leet(p, lexicon) for p in pieces] if in_leet else pieces


def _short_leet(piece: str, lexicon: Lexicon) -> str:
    """ "1" and "0f" as letters; only asked where another word of the text is written so."""
    read = piece.translate(_LEET)
    return read if piece[0] in "01" and (read == "i" or lexicon.knows(read)) else piece


def _unleet(chunk: str, plain: list[str], lexicon: Lexicon) -> list[str]:
    """`chunk` with digits and signs read as letters, where that gives words of the rules."""
    body = chunk.rstrip(".,;:!?)\"'")
    tail = _PIECE.findall(chunk[len(body) :])
    for form in (body, body.lstrip("(\"'")):
        read = form.translate(_LEET)
        for candidate in (read, read.replace("i", "l"), form.replace("1", "l").translate(_LEET)):
            words = [w for w in re.split(r"[^a-z']+", _squeeze(candidate, lexicon)) if w]
            if words and all(len(w) > 1 and lexicon.knows(w) for w in words):
                return words + tail
    return plain


def _join_spelled(pieces: list[str], lexicon: Lexicon) -> list[str]:
    """ "k i l l" and "k.i.l.l" become "kill"; other runs of single letters stay as they are."""
    out: list[str] = []
    run: list[str] = []
    dots = 0

    def close() -> None:
        nonlocal dots
        letters = "".join(t for t in run if t != BREAK)
        words = lexicon.segment(letters) if _SPELLED_MIN <= len(letters) <= _SPELLED_MAX else None
        out.extend(words if words else run)
        run.clear()
        dots = 0

    for piece in pieces:
        if len(piece) == 1 and piece.isalpha():
            run.append(piece)
            dots = 0
        elif piece == BREAK and run and dots == 0:
            run.append(piece)
            dots = 1
        else:
            if run:
                close()
            out.append(piece)
    if run:
        close()
    return out


def _expand(token: str, lexicon: Lexicon) -> Iterable[str]:
    if token[0] in ".!?;…\n":
        return (BREAK,)
    if token == QUOTE:
        return (QUOTE,)
    token = _squeeze(token[:_MAX_TOKEN], lexicon)
    if token in lexicon.expansions:
        return lexicon.expansions[token]
    bare = token.replace("'", "")
    if bare in lexicon.expansions:
        return lexicon.expansions[bare]
    stem, apostrophe, ending = token.partition("'")
    if apostrophe:
        return (stem,) if ending == "s" else (bare,)
    token = lexicon.typos.get(token, token)
    return (lexicon.nearest(token) or token,)


def _squeeze(token: str, lexicon: Lexicon) -> str:
    """ "pleaseee" -> "please": letters typed three or more times, where that gives a known word."""
    if not _STRETCHED.search(token):
        return token
    once = _STRETCHED.sub(r"\1", token)
    twice = _STRETCHED.sub(r"\1\1", token)
    for form in (once, twice, re.sub(r"(.)\1+", r"\1", token)):
        if lexicon.knows(form) or form in lexicon.typos:
            return form
    return once


def _join_split_words(words: list[str], lexicon: Lexicon) -> list[str]:
    """ "my self" -> "myself", "sui cide" -> "suicide": sensitive words cut in two or three."""
    out: list[str] = []
    at = 0
    while at < len(words):
        for size in (3, 2):
            joined = "".join(words[at : at + size])
            pair = " ".join(words[at : at + size]) if size == 2 else ""
            if pair in lexicon.expansions:
                out.extend(lexicon.expansions[pair])
                at += size
                break
            if (
                tuple(words[at : at + 2]) == ("my", "self")
                and words[at + 2 : at + 3] in _SELF_NOUNS
            ):
                continue
            if len(words) - at >= size and joined in lexicon.sensitive:
                out.append(joined)
                at += size
                break
        else:
            out.append(words[at])
            at += 1
    return out
