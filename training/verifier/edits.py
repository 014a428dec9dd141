"""One change to a sentence: faithful ones, and ones that make it say what its passage does not."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from rag.verify.medicines import substance_of
from training.verifier import swaps


@dataclass(frozen=True, slots=True)
class Edited:
    """A changed sentence and the character spans of what was put in (empty when faithful)."""

    text: str
    changed: tuple[tuple[int, int], ...] = ()


Editor = Callable[[str, Sequence[str], random.Random], Edited | None]
"""Takes a sentence, the sentences of its passage and a generator; None where it does not apply."""


def _put(text: str, start: int, stop: int, new: str) -> Edited:
    """`text` with a stretch exchanged; an initial capital is kept."""
    if text[start:stop][:1].isupper() and new[:1].islower():
        new = new[0].upper() + new[1:]
    return Edited(text[:start] + new + text[stop:], ((start, start + len(new)),))


def _pattern(names: Iterable[str]) -> re.Pattern[str]:
    """Any of the names as a whole word; "%" has no word boundary to stand at."""
    ordered = sorted(names, key=len, reverse=True)
    worded = "|".join(re.escape(name) for name in ordered if name != "%")
    percent = "|%" if "%" in ordered else ""
    return re.compile(rf"(?<![\w-])(?:{worded})(?![\w-]){percent}", re.IGNORECASE)


def _swap(table: Mapping[str, Sequence[str]]) -> Editor:
    """An editor that exchanges one word of `table`, whichever the generator picks."""
    pattern = _pattern(table)

    def edit(text: str, passage: Sequence[str], rng: random.Random) -> Edited | None:
        found = [m for m in pattern.finditer(text) if m[0] != "May"]  # the month
        if not found:
            return None
        match = rng.choice(found)
        return _put(text, *match.span(), rng.choice(table[match[0].lower()]))

    return edit


def _one_of(names: Sequence[str]) -> Editor:
    """An editor that exchanges one name for another of the same list, absent from the passage."""
    pattern = _pattern(names)

    def edit(text: str, passage: Sequence[str], rng: random.Random) -> Edited | None:
        found = list(pattern.finditer(text))
        if not found:
            return None
        said = " ".join(passage).lower()
        match = rng.choice(found)
        fitting = [n for n in names if n.lower() not in said and n.lower() != match[0].lower()]
        return _put(text, *match.span(), rng.choice(fitting)) if fitting else None

    return edit


_NUMBER = re.compile(r"(?<![\w.,-])\d+(?:,\d{3})*(?:\.\d+)?(?![\w]|,\d|\.\d)")
_WORDED = re.compile(
    r"(?<![\w-])(two|three|four|five|six|seven|eight|nine|ten|twelve|twenty|thirty)(?![\w-])",
    re.IGNORECASE,
)
_WORDS = "two three four five six seven eight nine ten twelve twenty thirty".split()


def number(text: str, passage: Sequence[str], rng: random.Random) -> Edited | None:
    """Another number, at times one that the passage uses for something else."""
    found = [*_NUMBER.finditer(text), *_WORDED.finditer(text)]
    if not found:
        return None
    match = rng.choice(found)
    if match[0].isalpha():
        return _put(text, *match.span(), rng.choice([w for w in _WORDS if w != match[0].lower()]))
    stated = {m[0] for sentence in passage for m in _NUMBER.finditer(sentence)}
    elsewhere = sorted(stated - {m[0] for m in _NUMBER.finditer(text)})
    if elsewhere and rng.random() < 0.4:
        return _put(text, *match.span(), rng.choice(elsewhere))
    value = float(match[0].replace(",", ""))
    if value.is_integer() and 1900 <= value <= 2100:
        changed = value + rng.choice((-11, -4, -2, 3, 6))
        return _put(text, *match.span(), f"{changed:.0f}")
    candidates = {value * 2, value * 10, value / 2, value + 1, value + 5, value * 3} - {value}
    if value.is_integer() and value >= 2:
        candidates = {float(round(c)) for c in candidates}
    shown = {_shown(c) for c in candidates} - stated - {match[0]}
    return _put(text, *match.span(), rng.choice(sorted(shown))) if shown else None


def _shown(value: float) -> str:
    return f"{value:,.0f}" if value.is_integer() and value < 1e7 else f"{value:.4g}"


_AUXILIARY = re.compile(
    r"(?<![\w'])(is|are|was|were|can|could|should|may|might|will|would|does|do|has|have|must)"
    r"(?= (?!not\b|no\b|n't|never\b|nothing\b)\w)",
    re.IGNORECASE,
)
_NEGATED = re.compile(r"(?<=[a-z]) not(?= (?!only\b|just\b)\w)|n't\b|cannot\b", re.IGNORECASE)
_NO = re.compile(r"\b(is|are|was|were|has|have) no\b(?! (?:longer|more))", re.IGNORECASE)


_WHOLE_BEFORE_NT = re.compile(r"(?:do|does|is|are|should|did)$")


def negation(text: str, passage: Sequence[str], rng: random.Random) -> Edited | None:
    """A "not" put in or taken out."""
    negated = [*_NEGATED.finditer(text), *_NO.finditer(text)]
    if negated:
        match = rng.choice(negated)
        if match[0].lower() == "cannot":
            return _put(text, *match.span(), "can")
        if match.re is _NO:
            return _put(text, *match.span(), f"{match[1]} a")
        if match[0] == "n't" and not _WHOLE_BEFORE_NT.search(text[: match.start()]):
            return None
        plain = text[: match.start()] + text[match.end() :]
        word = re.search(r"\w+$", plain[: match.start()])
        return Edited(plain, ((word.start() if word else match.start(), match.start() + 1),))
    found = list(_AUXILIARY.finditer(text))
    if not found:
        return None
    match = found[0] if rng.random() < 0.7 else rng.choice(found)
    if match[1].lower() in ("has", "have", "do", "does") and rng.random() < 0.7:
        return None  # mostly a main verb
    new = (
        "cannot"
        if match[1].lower() == "can"
        else f"{match[1]} {rng.choice(('not', 'not', 'never'))}"
    )
    return _put(text, *match.span(), new)


_RELATION = re.compile(
    r"^(?P<left>[A-Z][\w'-]+(?: (?!is |are |was |the |might |such )[\w'-]+){0,4}?)"
    r"(?P<verb> (?:can |may |could |often |also )*(?:cause|causes|lead to"
    r"|leads to|result in|results in|increase the risk of|increases the risk of|trigger|triggers"
    r"|worsen|worsens|affect|affects|treat|treats|prevent|prevents|help with|helps with"
    r"|is a type of|is a form of|is part of|include|includes|comes before|is caused by) )"
    r"(?P<right>[\w' -]{4,60}?)(?P<end>[.,;]| and )"
)


_NO_SUBJECT = frozenset(
    "it this they these that there if to in for when as both other some many most several".split()
)


def relation(text: str, passage: Sequence[str], rng: random.Random) -> Edited | None:
    """What causes and what is caused, exchanged."""
    match = _RELATION.match(text)
    if not match or match["left"].split()[0].lower() in _NO_SUBJECT:
        return None
    left, right = match["left"], match["right"]
    lowered = left if left.split()[0][1:].isupper() else left[0].lower() + left[1:]
    head = f"{right[0].upper()}{right[1:]}{match['verb']}{lowered}"
    return Edited(
        head + text[match.end("right") :], ((0, len(right)), (len(head) - len(lowered), len(head)))
    )


_MEDICINES = tuple(sorted(set(substance_of().values())))

WRONG: dict[str, tuple[Editor, ...]] = {
    "number": (number,),
    "unit": (_swap(swaps.UNIT),),
    "negation": (negation,),
    "quantifier": (_swap(swaps.QUANTIFIER),),
    "modality": (_swap(swaps.MODALITY),),
    "population": (_swap(swaps.POPULATION),),
    "drug": (_one_of(_MEDICINES), _one_of(swaps.CLASSES)),
    "condition": (_one_of(swaps.CONDITIONS),),
    "therapy": (_one_of(swaps.THERAPIES),),
    "direction": (_swap(swaps.DIRECTION),),
    "relation": (relation,),
}

_OPENER = re.compile(
    r"^(?:However|In fact|For example|For instance|Also|Additionally|In addition|Therefore|Thus"
    r"|Often|Moreover|Furthermore|Instead|Still|Sometimes|But|And|In general|As a result), ?(?=\w)"
)
_BRACKET = re.compile(r" \([^()]{3,90}\)")
_TRAILING = re.compile(
    r"(?:, (?:which|including|such as|especially|particularly|although|though|where|who)\b"
    r"| (?:because|so that|while)\b)"
    r"[^;:]{8,}(?=[.]$)"
)
_LIST_ITEM = re.compile(r", (?:[\w'-]+ ){0,3}[\w'-]+(?=, )")


def compress(text: str, passage: Sequence[str], rng: random.Random) -> Edited | None:
    """A bracket, an opening word, a trailing clause or one item of a list left out."""
    ways = [
        (pattern, match)
        for pattern in (_OPENER, _BRACKET, _TRAILING, _LIST_ITEM)
        if (match := pattern.search(text))
    ]
    if not ways:
        return None
    pattern, match = rng.choice(ways)
    # A condition that is cut off changes the claim.
    if pattern is _TRAILING and re.search(r"\b(?:not|only|if|unless|except|no)\b", text):
        return None
    short = (text[: match.start()] + text[match.end() :]).strip()
    return Edited(short[0].upper() + short[1:]) if len(short.split()) >= 4 else None


_SPELT = "two three four five six ten twelve".split()
_SAME_NUMBER: dict[str, tuple[str, ...]] = {
    "%": (" percent",),
    "percent": ("per cent",),
    **{digits: (word,) for digits, word in zip("2 3 4 5 6 10 12".split(), _SPELT, strict=True)},
    **{word: (digits,) for digits, word in zip("2 3 4 5 6 10 12".split(), _SPELT, strict=True)},
}


def _faithful(editor: Editor) -> Editor:
    def edit(text: str, passage: Sequence[str], rng: random.Random) -> Edited | None:
        edited = editor(text, passage, rng)
        return Edited(edited.text) if edited else None

    return edit


FAITHFUL: dict[str, Editor] = {
    "compress": compress,
    "synonym": _faithful(_swap(swaps.SYNONYM)),
    "renumber": _faithful(_swap(_SAME_NUMBER)),
    "weaker": _faithful(_swap(swaps.WEAKER)),
}
