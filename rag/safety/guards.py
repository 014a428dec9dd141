"""What a pattern's surroundings say: denied, long past, made up, quoted, asked about, a joke."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rag.safety.matcher import Pattern, is_number
from rag.safety.normalise import BREAK, QUOTE
from rag.safety.ruleset import Indexed, Rule, RuleSet

Span = tuple[int, int]
_LOOK_BACK = 8  # words before a match in which its speaker or tense is looked for
_NEGATION_BACK = 10  # light words that may stand between "not" and the match
_FIRST_PERSON = frozenset("i me my myself".split())
_ANSWER_AFTER = 2  # sentences after a question in which its answer comes
_LAUGH_AFTER = 4  # words after a joke in which the laugh comes


@dataclass(frozen=True, slots=True)
class Match:
    """A rule's pattern found at words[start:end]."""

    name: str
    start: int
    end: int


def find_all(words: Sequence[str], index: Indexed) -> Iterator[Match]:
    """Every pattern of `index` wherever it occurs in `words`."""
    present = frozenset(words)
    live: dict[str | None, list[tuple[str, Pattern]]] = {}
    for first in (*present, None):
        rows = [row for row in index.get(first, ()) if row[1].possible(present)]
        if rows:
            live[first] = rows
    for start, word in enumerate(words):
        rows = live.get(word, [])
        if None in live and is_number(word):
            rows = [*rows, *live[None]]
        for name, pattern in rows:
            end = pattern.match(words, start)
            if end > start:
                yield Match(name, start, end)


@dataclass(frozen=True, slots=True)
class Message:
    """One turn as words, with where each guard cue stands in it."""

    words: Sequence[str]
    cues: dict[str, list[Span]]
    sentence_of: Sequence[int]
    quoted: Sequence[bool]

    @classmethod
    def of(cls, words: Sequence[str], rules: RuleSet) -> Message:
        """Find the cues in `words`."""
        cues: dict[str, list[Span]] = {}
        for match in find_all(words, rules.cue_index):
            cues.setdefault(match.name, []).append((match.start, match.end))
        return cls(words, cues, _sentence_numbers(words), _inside_quotes(words))

    def has(self, *names: str) -> bool:
        """Whether a cue of one of these names is anywhere in the turn."""
        return any(name in self.cues for name in names)

    def in_sentence(self, match: Match, *names: str) -> bool:
        """Whether one of these cues is in the sentence of `match`."""
        number = self.sentence_of[match.start]
        return any(
            self.sentence_of[start] == number
            for name in names
            for start, _ in self.cues.get(name, ())
        )

    def sentence(self, match: Match) -> Sequence[str]:
        """The words of the sentence in which `match` begins."""
        return self.numbered(self.sentence_of[match.start])

    def numbered(self, number: int) -> Sequence[str]:
        """The words of the sentence of this number, with the mark that ends the one before it."""
        start = bisect_left(self.sentence_of, number)
        return self.words[start : bisect_right(self.sentence_of, number)]

    def overlaps(self, match: Match, name: str) -> bool:
        """Whether a cue of this name shares a word with `match`."""
        return any(s < match.end and match.start < e for s, e in self.cues.get(name, ()))

    def before(self, match: Match, count: int) -> list[str]:
        """Up to `count` words before `match`, not reaching into the previous sentence."""
        out: list[str] = []
        for at in range(match.start - 1, max(-1, match.start - 1 - count), -1):
            if self.words[at] == BREAK:
                break
            out.append(self.words[at])
        return out[::-1]


def is_guarded(match: Match, rule: Rule, message: Message, rules: RuleSet) -> bool:
    """Whether the surroundings take the meaning away from `match`."""
    guards = rule.guards
    return (
        is_explained(match, rule, message, rules)
        or ("frame" in guards and _made_up(match, rule, message))
        or ("quote" in guards and message.quoted[match.start] and message.has("about_words"))
        or any(_occurs(pattern, message.sentence(match)) for pattern in rule.unless)
    )


def is_explained(match: Match, rule: Rule, message: Message, rules: RuleSet) -> bool:
    """Whether its own sentence says that `match` is no danger: an idiom, denied, or long past."""
    guards = rule.guards
    return (
        (message.overlaps(match, "idiom") and not message.in_sentence(match, "purpose"))
        or ("negation" in guards and _negated(match, message, rules))
        or ("history" in guards and _long_past(match, message, rules))
        or ("asked" in guards and message.in_sentence(match, "asked"))
        or ("joke" in guards and _laughed_off(match, message, rules))
        or _screened(match, message)
    )


def speaker_is_other(match: Match, message: Message, rules: RuleSet) -> bool:
    """Whether the words are about somebody else: "he is going to end it", "my friend jumped"."""
    if any(w in _FIRST_PERSON for w in message.words[match.start : match.end]):
        return False
    subjects = [w for w in message.before(match, _LOOK_BACK) if w in rules.words["subjects"]]
    return bool(subjects) and subjects[-1] != "i"


def reported_by_other(match: Match, message: Message, rules: RuleSet) -> bool:
    """Whether first-person words are somebody else's: "my son says I want to die"."""
    before = message.before(match, _LOOK_BACK)
    for at in range(len(before) - 1, -1, -1):
        if before[at] in rules.words["says"]:
            subject = [w for w in before[max(0, at - 4) : at] if w in rules.words["subjects"]]
            return bool(subject) and subject[-1] != "i"
    return False


def _negated(match: Match, message: Message, rules: RuleSet) -> bool:
    """Walk back over light words ("going to", "thoughts of") to a "not" or "never"."""
    words = rules.words
    before = message.before(match, _NEGATION_BACK)
    for at in range(len(before) - 1, -1, -1):
        word = before[at]
        if word in words["negators"]:
            following = [*before[at + 1 :], message.words[match.start]][0]
            if word == "no" and following not in words["after_no"]:
                return False
            if following in _FIRST_PERSON:  # "I can't I want to die": two clauses without a stop
                return False
            lead = before[max(0, at - 4) : at]
            return not any(w in words["negation_turners"] for w in lead)
        if word not in words["light"]:
            return False
    return False


def _long_past(match: Match, message: Message, rules: RuleSet) -> bool:
    """Past tense at the match, a word such as "years ago" beside it, and nothing of now."""
    tense = [*message.before(match, 5), *message.words[match.start : match.end]]
    if not any(w in rules.words["past_forms"] for w in tense):
        return False
    if message.has("present_again"):
        return False
    return message.in_sentence(match, "past") or message.has("past_refers", "recovered")


def _made_up(match: Match, rule: Rule, message: Message) -> bool:
    if message.in_sentence(match, "game") and not message.in_sentence(match, "player"):
        return True
    if not message.has("fiction", "study"):
        return False
    if rule.person != "self":
        return True
    return message.quoted[match.start] or message.in_sentence(match, "title_follows")


def _laughed_off(match: Match, message: Message, rules: RuleSet) -> bool:
    after = message.words[match.end : match.end + _LAUGH_AFTER]
    return any(w in rules.words["laughs"] for w in (*after, *message.before(match, 3)))


def _screened(match: Match, message: Message) -> bool:
    """ "The doctor asked whether I think of suicide. I said no": asked in the sentence of the
    match or in the one before, denied at once, and nothing said that takes the no back."""
    if message.has("took_back") or message.has("present_again"):
        return False
    number = message.sentence_of[match.start]
    return any(
        start < match.end and number - 1 <= message.sentence_of[start] <= number
        for start, _ in message.cues.get("screened", ())
    ) and any(
        start >= match.end and number <= message.sentence_of[start] <= number + _ANSWER_AFTER
        for start, _ in message.cues.get("answered_no", ())
    )


def _occurs(pattern: Pattern, words: Sequence[str]) -> bool:
    for start, word in enumerate(words):
        known = word in pattern.firsts or (None in pattern.firsts and is_number(word))
        if known and pattern.match(words, start) > start:
            return True
    return False


def _sentence_numbers(words: Sequence[str]) -> list[int]:
    numbers: list[int] = []
    number = 0
    for word in words:
        number += word == BREAK
        numbers.append(number)
    return numbers


def _inside_quotes(words: Sequence[str]) -> list[bool]:
    """Which words stand between an opening and a closing quotation mark."""
    marks = [at for at, word in enumerate(words) if word == QUOTE]
    inside = [False] * len(words)
    for opening, closing in zip(marks[::2], marks[1::2], strict=False):
        inside[opening:closing] = [True] * (closing - opening)
    return inside
