"""What may not leave the engine: checked on every sentence of an answer and on quoted passages.

A sentence that breaks a rule is dropped whole; a passage with such content can still be named by
its title. The rules are narrow on purpose: general facts about suicide, self-harm, eating
disorders and medicines are what people need, so only method, lethality, place, amount and
unsafe wording are stopped. Sources: WHO media guide (2023), Samaritans' media guidelines.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

from rag.errors import CorpusError
from rag.safety import output_patterns as P  # noqa: N812
from rag.safety.resources import load_resources

CLINICIAN = "clinician"
_KEYPAD = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "22233344455566677778889999")

_RULES = (
    ("instruction to a machine", P.INSTRUCTION),
    ("unsafe wording about suicide", P.COMMITTED),
    ("lethality", P.LETHALITY),
    ("method", P.DIED_HOW),
    ("a note", P.NOTE),
    ("hiding harm", P.HIDING),
    ("purging or fasting advice", P.PURGING),
    ("calorie, weight or BMI figure", P.BODY_NUMBERS),
    ("claim of closeness", P.BOND),
    ("verdict on the person", P.VERDICT),
    ("abuse of the person", P.ABUSE),
    ("urging harm", P.URGING_HARM),
    ("fasting advice", P.FASTING),
)
_UNLESS_DENIED = (
    ("claim to be a person", P.HUMAN),
    ("secrecy or prying", P.SECRECY),
    ("change of a medicine", P.STOP_MEDICINE),
)


def blocked(
    text: str, *, passages: Iterable[str] = (), audience: str = "public"
) -> tuple[str, ...]:
    """Why `text` may not be released; empty when it may.

    `passages` are the passages that the sentence cites: a number of a helpline, and for
    clinicians a dose, is let through when one of them states it.

    >>> blocked("He committed suicide.")
    ('safety: unsafe wording about suicide',)
    >>> blocked("Talking therapy helps many people with depression.")
    ()
    """
    cited = tuple(passages)
    reasons = [name for name, rule in _RULES if rule.search(text)]
    names_method = P.METHOD_NEAR_ACT.search(text) or P.WAY_TO_DIE.search(text)
    if names_method and not P.SAFETY_CONTEXT.search(text):
        reasons.append("method")
    if _unless_denied(P.PROMISE, text) and not text.rstrip().endswith("?"):
        reasons.append("promise")
    if P.PLACE.search(text) and not P.SAFETY_CONTEXT.search(text):
        reasons.append("place")
    reasons += [name for name, rule in _UNLESS_DENIED if _unless_denied(rule, text)]
    if any(_amounts(text)) and not (audience == CLINICIAN and _stated(text, cited)):
        reasons.append("dose")
    if unknown := _unknown_numbers(text, cited):
        reasons.append(f"phone number not in the table or the passage: {unknown[0]}")
    return tuple(f"safety: {reason}" for reason in dict.fromkeys(reasons))


def _unless_denied(rule: re.Pattern[str], text: str) -> bool:
    """Whether the rule matches without a "no" or "not" in the same sentence before or in it."""
    return any(
        not P.DENIAL.search(text[max(0, m.start() - 60) : m.end()]) for m in rule.finditer(text)
    )


def _amounts(text: str) -> Iterator[str]:
    for match in P.AMOUNT.finditer(text):
        yield f"{match[1].rstrip('.,')} {match[2].lower()}"
    for match in P.WORD_AMOUNT.finditer(text):
        yield match[0].lower()


def _stated(text: str, passages: Sequence[str]) -> bool:
    known = {amount for passage in passages for amount in _amounts(passage)}
    return all(amount in known for amount in _amounts(text))


def _unknown_numbers(text: str, passages: Sequence[str]) -> list[str]:
    given = list(_phone_numbers(text))
    if not given:
        return []
    known = set(_table_numbers())
    for passage in passages:
        known.update(_digits(number) for number in _phone_numbers(passage))
    return [number for number in given if _digits(number) not in known]


def _phone_numbers(text: str) -> Iterator[str]:
    for match in P.LONG_NUMBER.finditer(text):
        found = match[0].strip()
        if len(re.sub(r"\D", "", found)) >= 7 and not P.YEARS.fullmatch(found):
            yield found
    for match in P.VANITY_NUMBER.finditer(text):
        if re.search(r"[A-Z]", match[0]):
            yield match[0]
    for match in P.SHORT_NUMBER.finditer(text):
        yield match[1]


def _digits(number: str) -> str:
    """Digits only; letters as the keypad has them, so that 662-HELP is 662-4357."""
    return re.sub(r"\D", "", number.translate(_KEYPAD))


@lru_cache(maxsize=1)
def _table_numbers() -> frozenset[str]:
    """Numbers of the shipped table; none when it is damaged, so that every number is blocked."""
    try:
        return load_resources().numbers()
    except CorpusError:
        return frozenset()
