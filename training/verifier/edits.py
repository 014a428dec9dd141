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
    r"^(?P<left>[A-Z][\w'-]+(?: [\w'-]+){0,5}?) (?P<modal>(?:can |may |could |might |often )*)"
    r"(?P<verb>causes?|leads? to|results? in|triggers?|worsens?|affects?|treats?|prevents?"
    r"|increases? the risk of|helps? with|is a type of|is a form of|is part of|comes? before"
    r"|(?:is|are) caused by) (?P<right>[\w'-]+(?: [\w'-]+){0,6}?)"
    r"(?=[.;]|, (?:which|such as|including|especially|particularly|because|although|but) )"
)
# No noun phrase holds one of these, or begins or ends with one of those.
_NOT_IN_PHRASE = frozenset(
    "it this they these that there what how whether when if to is are was were be been being am "
    "may can could might will would should must do does did has have had not never no although "
    "but because include includes including depends suggests used usually commonly also we you "
    "sometimes often first".split()
)
_NOT_AT_ITS_EDGE = frozenset(
    "in for as both other some many most several the a an of by on with at from and or than then "
    "their its his her common possible examples about".split()
)
# A subject as loose as this makes no claim when it is exchanged.
_LOOSE = frozenset("symptoms signs causes treatments effects things problems condition".split())


def _is_noun_phrase(phrase: str) -> bool:
    words = phrase.lower().split()
    whole = words[1:] if words[0] in ("the", "a", "an", "other", "some", "many") else words
    return (
        bool(whole)
        and _NOT_IN_PHRASE.isdisjoint(words)
        and _NOT_AT_ITS_EDGE.isdisjoint((whole[0], whole[-1]))
        and whole[-1] not in _LOOSE
        and not whole[-1].endswith("ly")
    )


def _is_plural(phrase: str) -> bool:
    head = re.split(r" (?:of|in|for|with|from|on|to) ", phrase.lower())[0].split()[-1]
    return " and " in phrase or (head.endswith("s") and not head.endswith(("ss", "is", "us")))


def _agreeing(verb: str, subject: str) -> str:
    """The verb in the number of its subject: "causes" beside "stress", "cause" beside "drugs"."""
    first, _, rest = verb.partition(" ")
    if first in ("is", "are"):
        first = "are" if _is_plural(subject) else "is"
    else:
        first = first.removesuffix("s") + ("" if _is_plural(subject) else "s")
    return f"{first} {rest}".strip()


def relation(text: str, passage: Sequence[str], rng: random.Random) -> Edited | None:
    """What causes and what is caused, exchanged."""
    match = _RELATION.match(text)
    if not match or not (_is_noun_phrase(match["left"]) and _is_noun_phrase(match["right"])):
        return None
    left, right, verb = match["left"], match["right"], match["verb"]
    lowered = left if left.split()[0][1:].isupper() else left[0].lower() + left[1:]
    if not re.search(r"can|may|could|might", match["modal"]):
        verb = _agreeing(verb, right)
    head = f"{right[0].upper()}{right[1:]} {match['modal']}{verb} {lowered}"
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
