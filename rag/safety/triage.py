"""Decides, before anything else is done, whether somebody may be in danger.

The rules need no model, index or network, so this works when all else is down; a classifier may
be handed in for what they have no pattern for. It says which concern was recognised and how. It
never gives a score or a level of risk: NICE NG225 (recommendation 1.6) advises against scales
that claim to predict suicide.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from rag.safety.guards import (
    Match,
    Message,
    find_all,
    is_guarded,
    reported_by_other,
    speaker_is_other,
)
from rag.safety.normalise import BREAK, tokens
from rag.safety.other_languages import RULE, foreign_cries
from rag.safety.ruleset import CATEGORIES, SIGNAL, Rule, RuleSet, shipped_rules
from rag.safety.second_view import (
    CANNOT_WAIT,
    OVERLAP,
    WINDOW,
    Classifier,
    concerns,
    joined_fragments,
)

_OF_THE_WRITER = frozenset({"suicide", "self_harm", "eating_disorder"})
_MINOR = "signal.minor"
_BY_CLASSIFIER = "classifier"  # stands among the rules when only the classifier spoke


@dataclass(frozen=True, slots=True)
class Triage:
    """What was recognised. `rules` are the ids of all rules that fired, `also` lesser concerns.

    `category` is one of `rag.safety.ruleset.CATEGORIES`, or None when `crisis` is False.
    `imminent` means that the words speak of danger now, or that help cannot wait; `minor` that
    the writer seems to be under 18.
    """

    crisis: bool
    category: str | None = None
    rules: tuple[str, ...] = ()
    imminent: bool = False
    also: tuple[str, ...] = ()
    minor: bool = False


@dataclass(frozen=True, slots=True)
class _Finding:
    rule: Rule
    category: str
    imminent: bool
    words: Sequence[str] = ()  # the window in which it was found; none where nothing may overrule


def triage(
    turns: Sequence[str], *, rules: RuleSet | None = None, classifier: Classifier | None = None
) -> Triage:
    """Look over the whole conversation so far, oldest turn first.

    The classifier, if given, is asked where no rule fired; `rules` is then ("classifier",). It may
    also overrule rules: those that yield where the whole message is harmless, others where it is
    so beyond doubt, but never one that is firm, nor two dangers at once.

    >>> triage(["This exam is killing me"]).crisis
    False
    >>> triage(["I want to kill myself tonight"]).imminent
    True
    """
    rules = rules or shipped_rules()
    findings: list[_Finding] = []
    signals: list[tuple[int, str]] = []
    seen: set[tuple[str, ...]] = set()
    messages = [tokens(turn, rules.lexicon) for turn in turns]
    for number, words in _windows(messages):
        key = tuple(words)
        if key in seen:
            continue
        seen.add(key)
        for rule, found in _matches(words, rules):
            signals.append((number, rule.id))
            if found is not None:
                findings.append(_Finding(rule, found[0], found[1], words))
    findings.extend(_combinations(signals, rules))
    findings.extend(_in_other_languages(turns))
    minor = any(name == _MINOR for _, name in signals)
    if classifier is not None and _overruled(findings, rules, classifier):
        return _by_classifier(*concerns(messages, rules, classifier), minor=minor)
    return _verdict(findings, minor=minor)


def _overruled(findings: Sequence[_Finding], rules: RuleSet, classifier: Classifier) -> bool:
    """Whether nothing of what the rules found stands; nothing was found, it may be."""
    certain = any(not each.words for each in findings)  # of several turns or signs, or foreign
    if certain or any(each.rule.firm for each in findings):
        return False
    if len({each.category for each in findings}) > 1:
        return False  # two dangers at once are hardly a turn of phrase
    windows: dict[tuple[str, ...], bool] = {}
    for finding in findings:
        window = tuple(finding.words)
        windows[window] = windows.get(window, False) or not finding.rule.yields
    return not any(Message.of(window, rules).has("meant") for window in windows) and all(
        classifier.harmless(window, surely=surely) for window, surely in windows.items()
    )


def _by_classifier(found: Collection[str], imminent: bool, *, minor: bool) -> Triage:
    if not found:
        return Triage(crisis=False, minor=minor)
    order = sorted(found, key=lambda name: (name not in CANNOT_WAIT, CATEGORIES.index(name)))
    return Triage(
        crisis=True,
        category=order[0],
        rules=(_BY_CLASSIFIER,),
        imminent=imminent,
        also=tuple(order[1:]),
        minor=minor or "child" in found,
    )


def _windows(messages: Sequence[list[str]]) -> Iterator[tuple[int, list[str]]]:
    """(turn number, words): each turn, and each turn run on into the next unfinished one."""
    previous: list[str] = []
    for number, message in enumerate(messages):
        words = joined_fragments(message)
        for start in range(0, max(1, len(words)), WINDOW):
            yield number, words[max(0, start - OVERLAP) : start + WINDOW]
        if previous and previous[-1] != BREAK:
            yield number, [*previous[-OVERLAP:], *words[:OVERLAP]]
        previous = words


def _matches(
    words: Sequence[str], rules: RuleSet
) -> Iterator[tuple[Rule, tuple[str, bool] | None]]:
    """Rules that fire on one window, each with (category, imminent), or None for a signal."""
    candidates: list[Match] = list(find_all(words, rules.index))
    if not candidates:
        return
    message = Message.of(words, rules)
    for match in candidates:
        rule = rules.rules[match.name]
        if is_guarded(match, rule, message, rules):
            continue
        if rule.category == SIGNAL:
            yield rule, None
            continue
        category = rule.category
        if category in _OF_THE_WRITER and rule.person == "self":
            if speaker_is_other(match, message, rules):
                continue  # the rules about other people judge these
            if reported_by_other(match, message, rules):
                category = "third_party"
        yield rule, (category, rule.imminent or (rule.urgent and message.has("now")))


def _combinations(signals: Sequence[tuple[int, str]], rules: RuleSet) -> Iterator[_Finding]:
    everywhere = {name for _, name in signals}
    by_turn: dict[int, set[str]] = {}
    for number, name in signals:
        by_turn.setdefault(number, set()).add(name)
    for rule in rules.combined:
        wanted = set(rule.all)
        scopes = [everywhere] if rule.within == "conversation" else list(by_turn.values())
        if any(wanted <= scope for scope in scopes):
            yield _Finding(rule, rule.category, rule.imminent)


def _in_other_languages(turns: Sequence[str]) -> Iterator[_Finding]:
    for language, concern in {cry for turn in turns for cry in foreign_cries(turn)}:
        rule = Rule(id=f"{RULE}{language}", category=concern)
        yield _Finding(rule, concern, concern in CANNOT_WAIT)


def _verdict(findings: Sequence[_Finding], *, minor: bool) -> Triage:
    if not findings:
        return Triage(crisis=False, minor=minor)
    present = {finding.category for finding in findings}
    order = sorted(
        present,
        key=lambda name: (
            not any(f.imminent for f in findings if f.category == name),
            CATEGORIES.index(name),
        ),
    )
    return Triage(
        crisis=True,
        category=order[0],
        rules=tuple(sorted({finding.rule.id for finding in findings})),
        imminent=any(finding.imminent for finding in findings),
        also=tuple(order[1:]),
        minor=minor or "child" in present,
    )
