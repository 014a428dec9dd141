"""Reads the rule tables in `rag/safety/rules/*.toml` and compiles them.

The tables are the readable part: word classes, idioms, guards, and rules by category. This file
only checks their form. A rule is either a list of patterns (any of them fires it) or a list
`all` of other rules' ids that must fire together somewhere in the conversation.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from rag.errors import CorpusError
from rag.safety.lexicon import Lexicon
from rag.safety.matcher import Grammar, Pattern, Phrases, pattern_words, phrase_table

RULES_FOLDER = Path(__file__).parent / "rules"
SCOPE_TABLE = "scope.toml"  # read by rag.safety.scope; its words are rule words too
SIGNAL = "signal"  # category of rules that say nothing alone, and only feed `all`

CATEGORIES = (
    "overdose",
    "perinatal",
    "suicide",
    "harm_to_others",
    "medication_reaction",
    "withdrawal",
    "psychosis",
    "child",
    "abuse",
    "eating_disorder",
    "self_harm",
    "mania",
    "third_party",
)  # in the order in which one becomes the answer's main concern
_RULE_KEYS = frozenset(
    "id category patterns all unless unless_as imminent urgent person guards within yields"
    " plain".split()
)
_FIRM = frozenset({"suicide", "third_party"})
_GUARDS = frozenset("negation history frame quote asked joke".split())
_DEFAULT_GUARDS = ("negation", "history", "frame", "quote")


@dataclass(frozen=True, slots=True)
class Rule:
    """One row of a table.

    `imminent`: alone it means danger now. `urgent`: it does so beside a word such as "tonight".
    `person`: "self", "other", or "any" for patterns that name nobody. `within`: an `all` rule
    looks at one "turn" or at the whole "conversation". `yields`: its words say little without
    the rest of the message ("I can't do this any more"), so that the classifier may overrule it.
    `plain`: they say it outright ("I hear voices in my head"), so that it may not.
    """

    id: str
    category: str
    patterns: tuple[Pattern, ...] = ()
    all: tuple[str, ...] = ()
    unless: tuple[Pattern, ...] = ()
    imminent: bool = False
    urgent: bool = False
    person: str = "self"
    guards: frozenset[str] = frozenset(_DEFAULT_GUARDS)
    within: str = "turn"
    yields: bool = False
    plain: bool = False

    @property
    def firm(self) -> bool:
        """Whether nothing overrules it: what cannot wait, plain words, those of suicide and of
        somebody else's danger count whatever stands around, but for those that yield."""
        return not self.yields and (self.imminent or self.plain or self.category in _FIRM)


Indexed = Mapping[str | None, tuple[tuple[str, Pattern], ...]]


@dataclass(frozen=True, slots=True)
class RuleSet:
    """All compiled tables. `index`: first word of a pattern -> (owner's id, pattern)."""

    rules: Mapping[str, Rule]
    combined: tuple[Rule, ...]
    index: Indexed
    cues: Mapping[str, tuple[Pattern, ...]]
    cue_index: Indexed
    words: Mapping[str, frozenset[str]]
    lexicon: Lexicon
    grammar: Grammar


def load_rules(folder: Path = RULES_FOLDER) -> RuleSet:
    """Read and compile the tables in `folder`.

    Raises:
        CorpusError: a table is missing or breaks the format; the message names it.
    """
    base = _read(folder / "words.toml")
    guards = _read(folder / "guards.toml")
    grammar = Grammar(_classes(base["classes"]))
    cues = {name: grammar.lines(lines) for name, lines in guards["cues"].items()}
    rules: dict[str, Rule] = {}
    for path in sorted(folder.glob("*.toml")):
        if path.name in ("words.toml", "guards.toml", SCOPE_TABLE):
            continue
        rows = _read(path).get("rule", [])
        excepted = {row.get("id"): row.get("unless", "") for row in rows}
        for row in rows:
            if "unless_as" in row:  # the exceptions of another rule of the table
                row = {**row, "unless": excepted.get(row["unless_as"], "")}
            rule = _rule(row, grammar, path.name)
            if rule.id in rules:
                raise CorpusError(f"{path.name}: two rules are called {rule.id!r}. Rename one.")
            rules[rule.id] = rule
    combined = tuple(rule for rule in rules.values() if rule.all)
    for rule in combined:
        if missing := [name for name in rule.all if name not in rules]:
            raise CorpusError(f"Rule {rule.id!r} needs {missing}, which no table defines.")
    vocabulary = pattern_words(
        [
            *(p for rule in rules.values() for p in (*rule.patterns, *rule.unless)),
            *(p for patterns in cues.values() for p in patterns),
        ]
    )
    vocabulary |= set(base["words"]["known"].split())
    vocabulary |= set(re.findall(r"[a-z]+", _text(folder / SCOPE_TABLE)))
    return RuleSet(
        rules=rules,
        combined=combined,
        index=index_patterns((r.id, p) for r in rules.values() for p in r.patterns),
        cues=cues,
        cue_index=index_patterns((name, p) for name, patterns in cues.items() for p in patterns),
        words={name: frozenset(text.split()) for name, text in guards["words"].items()},
        grammar=grammar,
        lexicon=Lexicon(
            words=frozenset(vocabulary),
            english=frozenset(
                _text(folder / "english_words.txt").split() + base["words"]["spelled_right"].split()
            ),
            emoji=base["emoji"],
            expansions={k: tuple(v.split()) for k, v in base["expansions"].items()},
            typos={slip: word for word, slips in base["typos"].items() for slip in slips.split()},
            sensitive=frozenset(base["words"]["sensitive"].split()),
        ),
    )


@lru_cache(maxsize=1)
def shipped_rules() -> RuleSet:
    """The shipped tables, compiled once a process. They are constants, like code."""
    return load_rules()


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise CorpusError(f"{path} cannot be read ({error}). Reinstall plumbline.") from error


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(_text(path))
    except tomllib.TOMLDecodeError as error:
        raise CorpusError(f"Rule table {path} is not TOML ({error}). Reinstall.") from error


def _classes(table: Mapping[str, str]) -> dict[str, Phrases]:
    """Word classes; an entry `{name}` takes in the class `name`, defined above it."""
    flat: dict[str, tuple[tuple[str, ...], ...]] = {}
    for name, entries in table.items():
        phrases: list[tuple[str, ...]] = []
        for entry in (" ".join(part.split()) for part in entries.split(",")):
            if entry.startswith("{"):
                phrases.extend(flat[entry.strip("{}")])
            else:
                phrases.append(tuple(entry.split()))
        flat[name] = tuple(dict.fromkeys(phrases))
    return {name: phrase_table(phrases) for name, phrases in flat.items()}


def _rule(row: Mapping[str, Any], grammar: Grammar, where: str) -> Rule:
    name = row.get("id", "?")
    if unknown := set(row) - _RULE_KEYS:
        raise CorpusError(f"{where}: rule {name!r} has unknown keys {sorted(unknown)}.")
    if row.get("category") not in (*CATEGORIES, SIGNAL):
        raise CorpusError(f"{where}: rule {name!r} has no known category.")
    guards = frozenset(row.get("guards", _DEFAULT_GUARDS))
    if not guards <= _GUARDS or bool(row.get("patterns")) == bool(row.get("all")):
        raise CorpusError(f"{where}: rule {name!r} needs known guards and patterns or `all`.")
    return Rule(
        id=row["id"],
        category=row["category"],
        patterns=grammar.lines(row.get("patterns", "")),
        all=tuple(row.get("all", ())),
        unless=grammar.lines(row.get("unless", "")),
        imminent=row.get("imminent", False),
        urgent=row.get("urgent", False),
        person=row.get("person", "self"),
        guards=guards,
        within=row.get("within", "turn"),
        yields=row.get("yields", False),
        plain=row.get("plain", False),
    )


def index_patterns(pairs: Iterable[tuple[str, Pattern]]) -> Indexed:
    """Group (owner, pattern) pairs by the first words of the patterns."""
    table: dict[str | None, list[tuple[str, Pattern]]] = {}
    for name, pattern in pairs:
        for first in pattern.firsts:
            table.setdefault(first, []).append((name, pattern))
    return {first: tuple(rows) for first, rows in table.items()}
