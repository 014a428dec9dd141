"""Sentences to typed Facts, by the patterns of `knowledge_graph.patterns`, with negation scope."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from knowledge_graph.mentions import MentionFinder, Span
from knowledge_graph.patterns import ADVISED, NEGATED, PATTERNS, Pattern
from knowledge_graph.relations import ENDS
from knowledge_graph.schema import Kind, Relation

_MARK = re.compile("\ue000(\\d+)\ue001")
_WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")
_MOST_WORDS = 3  # that may stand between two names of one list, or between a name and a trigger
_MOST_WORDS_TO_WHOM = 9  # between what is advised and for whom
_BREAKS = frozenset(
    """that which who because but so when if than while is are was were be can may will has have
    had not to for of in with from at on before after until although though unless where since as
    by into do does did should must could would more less""".split()
)
_TO_WHOM = re.compile(r"\b(?:for|in|with|when|of)\b", re.IGNORECASE)
_GLUE = re.compile(r",|\band\b|\bor\b|\bsuch as\b|\(|\bincluding\b|\bas well as\b", re.IGNORECASE)
_SUCH_AS = re.compile(r"\bsuch as\b|\bas well as\b", re.IGNORECASE)
_PEOPLE_WITH = re.compile(
    r"^\s*(?:(?:some|many|most|older|young|younger) )?(?:people|adults|children|teenagers|women|"
    r"men|those|a person|someone)(?: and \w+)? (?:with|who have)\b"
)


@dataclass(frozen=True, slots=True)
class Statement:
    """What a sentence says of two entities."""

    subject: str
    relation: Relation
    object: str
    denied: bool = False
    """The sentence says that it is not so ("does not cause weight gain")."""


class Extractor:
    """Reads Statements off sentences. Threads may share it."""

    def __init__(self, finder: MentionFinder) -> None:
        self._finder = finder

    def statements(self, sentence: str) -> list[Statement]:
        """What the sentence states, in reading order, each once.

        >>> extractor.statements("Clozapine can cause constipation.")  # doctest: +SKIP
        [Statement('Medication:DB00363', Relation.HAS_SIDE_EFFECT, 'SideEffect:D003248')]
        """
        return self.read(sentence, self._finder.find(sentence))

    def read(self, sentence: str, spans: Sequence[Span]) -> list[Statement]:
        """As `statements`, for a sentence whose names are known already."""
        if len(spans) < 2 or sentence.rstrip().endswith("?"):
            return []
        marked = _Marked(sentence, spans)
        found: dict[Statement, None] = {}
        for pattern in PATTERNS:
            for match in pattern.trigger.finditer(marked.text):
                found.update(dict.fromkeys(_stated(marked, pattern, match)))
        for match in ADVISED.finditer(marked.text):
            found.update(dict.fromkeys(_advised(marked, match)))
        return _without_advice_that_is_refused(list(found))


class _Marked:
    """A sentence with a mark in place of every name, so that triggers see only what is between."""

    def __init__(self, sentence: str, spans: Sequence[Span]) -> None:
        self.spans = spans
        self._words = [sentence[span.start : span.end] for span in spans]
        parts: list[str] = []
        at = 0
        for number, span in enumerate(spans):
            parts += [sentence[at : span.start], f"\ue000{number}\ue001"]
            at = span.end
        self.text = "".join([*parts, sentence[at:]])

    def showing(self, text: str, kinds: Sequence[Kind]) -> str:
        """`text` with marks only for names of these kinds, and the words of all others."""
        return _MARK.sub(
            lambda m: m.group() if self.key(m.group(1), kinds) else self._words[int(m.group(1))],
            text,
        )

    def key(self, number: str, kinds: Sequence[Kind]) -> str | None:
        return self.spans[int(number)].fitting(kinds)

    def keys(self, numbers: Sequence[str], kinds: Sequence[Kind]) -> list[str]:
        return [key for number in numbers if (key := self.key(number, kinds))]


def _stated(marked: _Marked, pattern: Pattern, match: re.Match[str]) -> list[Statement]:
    left_text = marked.showing(marked.text[: match.start()], pattern.left)
    right_text = marked.showing(marked.text[match.end() :], pattern.right)
    numbers = [number for number in match.groups() if number]
    if numbers:
        left, before = marked.keys(numbers, pattern.left), left_text
    else:
        left, before = _names_before(marked, left_text, pattern.left)
    right, between = _names_after(marked, right_text, pattern.right)
    if not left or not right:
        return []
    clause = re.split(r"[;:]|, (?:but|so|because|and) ", before)[-1]
    denied = bool(NEGATED.search(clause) or NEGATED.search(between))
    tail = right_text[len(between) :]
    if re.match(r"\W*(?:\([^)]*\)\W*)?(?:alone|on (?:its|their) own)\b", tail) and denied:
        return []
    if denied and pattern.relation not in (Relation.HAS_SIDE_EFFECT,):
        return []
    ends = [(b, a) if pattern.turned else (a, b) for a in left for b in right if a != b]
    return [Statement(subject, pattern.relation, other, denied) for subject, other in ends]


def _advised(marked: _Marked, match: re.Match[str]) -> list[Statement]:
    against = bool(match["against"])
    conditions, treatments = ENDS[Relation.TREATED_BY]
    text = marked.showing(marked.text[match.end() :], treatments)
    chosen, between = _names_after(marked, text, treatments)
    if not chosen or NEGATED.search(between):
        return []
    left = marked.text[: match.start()]
    if NEGATED.search(re.split(r"[,;:]", left)[-1]):
        return []
    rest = marked.showing(marked.text[match.end() :], (*treatments, *conditions))
    for_whom = _after_marks(rest, len(_MARK.findall(between)), marked, treatments)
    first = _MARK.search(for_whom)
    if first is None:
        return []
    gap = for_whom[: first.start()]
    if (
        len(_WORD.findall(gap)) > _MOST_WORDS_TO_WHOM
        or not _TO_WHOM.search(gap)
        or NEGATED.search(gap)
    ):
        return []
    condition = marked.key(first.group(1), conditions)
    if condition is None:
        return []
    if against:
        return [Statement(t, Relation.NOT_RECOMMENDED_FOR, condition) for t in chosen]
    return [Statement(condition, Relation.TREATED_BY, t) for t in chosen]


def _after_marks(text: str, count: int, marked: _Marked, kinds: Sequence[Kind]) -> str:
    """What follows the first `count` names of these kinds."""
    at = 0
    for match in _MARK.finditer(text):
        if count == 0:
            break
        if marked.key(match.group(1), kinds):
            count, at = count - 1, match.end()
    return text[at:]


def _names_after(marked: _Marked, text: str, kinds: Sequence[Kind]) -> tuple[list[str], str]:
    """Keys of the list of names that `text` begins with, and the text up to its end."""
    found: list[str] = []
    at = 0
    for match in _MARK.finditer(text):
        gap = text[at : match.start()]
        if not found:
            gap = _PEOPLE_WITH.sub("", gap)
        if not _joins(gap, first=not found):
            break
        found.append(match.group(1))
        at = match.end()
    return marked.keys(found, kinds), text[:at]


def _names_before(marked: _Marked, text: str, kinds: Sequence[Kind]) -> tuple[list[str], str]:
    """Keys of the list of names that `text` ends with, and the text before it."""
    found: list[str] = []
    at = len(text)
    for match in reversed(list(_MARK.finditer(text))):
        if not _joins(text[match.end() : at], first=not found):
            break
        found.append(match.group(1))
        at = match.start()
    return marked.keys(found[::-1], kinds), text[:at]


def _joins(gap: str, first: bool) -> bool:
    """Whether two names with `gap` between belong to one list, or a name to its trigger."""
    if any(mark in gap for mark in ";:."):
        return False
    if not first and not _GLUE.search(gap):
        return False
    words = [word.lower() for word in _WORD.findall(_SUCH_AS.sub(" ", gap))]
    return len(words) <= _MOST_WORDS and not _BREAKS.intersection(words)


def _without_advice_that_is_refused(statements: list[Statement]) -> list[Statement]:
    refused = {
        (s.object, s.subject) for s in statements if s.relation is Relation.NOT_RECOMMENDED_FOR
    }
    return [
        s
        for s in statements
        if s.relation is not Relation.TREATED_BY or (s.subject, s.object) not in refused
    ]
