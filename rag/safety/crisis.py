"""The answer to somebody who may be in danger: templates and numbers from sealed files, no more.

No model, index or network is touched, and nothing heavy is imported. When the files are missing,
edited or out of date, a built-in text without any helpline is given, and it says why.
"""

from __future__ import annotations

import datetime as dt
import re
import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rag.errors import CorpusError
from rag.model import Answer, Resource, Status
from rag.safety.other_languages import RULE
from rag.safety.resources import (
    CRISIS_FOLDER,
    Country,
    Line,
    ResourceTable,
    load_resources,
    sealed_bytes,
)

if TYPE_CHECKING:
    from rag.safety.triage import Triage

_MOST_LINES = 3  # more than this is hard to choose from in distress
_ALWAYS_OPEN = "24/7"
_KINDS_FIRST = {
    "overdose": ("poison",),
    "medication_reaction": ("poison",),
    "abuse": ("abuse", "sexual_violence"),
    "child": ("child",),
    "perinatal": ("perinatal",),
    "eating_disorder": ("eating",),
    "withdrawal": ("substance",),
}
_ACT_FIRST = ("overdose",)  # here the first words are what to do
_KNOWN_PARTS = frozenset(
    "open now steps close talk open_imminent now_imminent steps_imminent".split()
)

_SENTENCES = ("also", "medicine")  # tables of single sentences, with keys of their own

_BUILT_IN = (
    "It sounds as if you, or someone near you, may be in danger. Please get help from a person "
    "now. Call your country's emergency number, or go to the nearest hospital emergency "
    "department. On most mobile phones 112 or 911 reaches an emergency service. If you can, stay "
    "with someone you trust, and move away from anything that could be used to hurt you. "
    "I am an AI, not a person, and I cannot call anyone for you. My list of helplines cannot be "
    "used right now ({why}), so I am not giving you any other number: one that is wrong would be "
    "worse. You can keep writing to me."
)


def crisis_answer(
    triage: Triage,
    question: str,
    *,
    country: str | None = None,
    guessed_country: str | None = None,
    today: dt.date | None = None,
    folder: Path = CRISIS_FOLDER,
) -> Answer:
    """The crisis answer for what `triage` recognised.

    `country` is what the person stated: an ISO 3166-1 alpha-2 code, a locale such as "en-GB", or
    a country's name. Absent, `guessed_country` (from an address, say) is used and named as a guess;
    a stated country always wins, also one that is unknown. Without a known one the answer names an
    international finder and asks.
    """
    today = today or dt.date.today()
    try:
        table = load_resources(folder)
        parts = _templates(folder)
        if not any(table.is_current(row, today) for row in table.countries.values()):
            raise CorpusError("the list has not been checked for too long")
    except CorpusError as error:
        why = "it is out of date" if "too long" in str(error) else "it is missing or was changed"
        return Answer(Status.CRISIS, question, _BUILT_IN.format(why=why), degraded=(str(error),))
    place = table.country(country or guessed_country)
    lines = _lines(triage, place, table, today)
    resources = tuple(line.resource(place.code if place else "INT") for line in lines)
    how = "country_unknown" if place is None else "country_known" if country else "country_guessed"
    fill = {
        "emergency": _emergency(place, table, today),
        "country": place.name if place else "",
        "lines": "\n".join(f"- {_spoken(r)}" for r in resources),
    }
    named = _on_medicines(parts["medicine"], triage, question)
    text = _text({**parts, "known": parts[how]}, triage, named, fill)
    text = "\n\n".join([*_in_their_language(triage), text])
    return Answer(Status.CRISIS, question, text, resources=resources)


def general_lines(
    country: str | None, *, today: dt.date | None = None, folder: Path = CRISIS_FOLDER
) -> tuple[Resource, ...]:
    """Lines for anyone in a crisis in a country, or international finders; none where the table
    cannot be used."""
    try:
        table = load_resources(folder)
    except CorpusError:
        return ()
    day = today or dt.date.today()
    place = table.country(country)
    own = [line for line in place.lines if table.is_current(line, day)] if place else []
    lines = _pick(own, ()) or _pick(table.finders, ())
    return tuple(line.resource(place.code if place else "INT") for line in lines)


def _templates(folder: Path) -> dict[str, dict[str, str]]:
    raw: dict[str, Any] = tomllib.loads(sealed_bytes("templates.toml", folder).decode("utf-8"))
    for name, parts in raw.items():
        if name not in _SENTENCES and set(parts) - _KNOWN_PARTS:
            raise CorpusError(f"templates.toml, {name}: unknown parts {sorted(parts)}.")
    return raw


def _lines(
    triage: Triage, place: Country | None, table: ResourceTable, today: dt.date
) -> tuple[Line, ...]:
    """The lines to name: those for this concern first, then lines for anyone in crisis."""
    wanted = _KINDS_FIRST.get(triage.category or "", ())
    rows = [line for line in place.lines if table.is_current(line, today)] if place else []
    rows = rows if _pick(rows, wanted) else list(table.finders)
    if not triage.minor:
        return _pick(rows, wanted)
    if triage.category != "perinatal":
        return _pick(rows, ("child", *wanted))
    # Who writes of a child in danger may be its mother: a line for her goes first.
    first, *others = _pick(rows, wanted)
    return tuple(dict.fromkeys([first, *_pick(rows, ("child",))[:1], *others]))[:_MOST_LINES]


def _pick(lines: Iterable[Line], wanted: tuple[str, ...]) -> tuple[Line, ...]:
    rows = sorted(lines, key=lambda line: line.hours != _ALWAYS_OPEN)  # else in the table's order
    first = [line for kind in wanted for line in rows if kind in line.kinds]
    general = [line for line in rows if "crisis" in line.kinds]
    return tuple(dict.fromkeys([*first, *general]))[:_MOST_LINES]


def _text(
    parts: dict[str, dict[str, str]],
    triage: Triage,
    named: list[str],
    fill: dict[str, str],
) -> str:
    def part(name: str) -> str:
        """The category's own words before the common ones, the imminent form before the plain."""
        names = (f"{name}_imminent", name) if triage.imminent else (name,)
        rows = (parts.get(triage.category or "", {}), parts["any"])
        return next((row[n] for row in rows for n in names if n in row), "")

    order = ["open", "now", "talk", "steps", "close"]
    if triage.category in _ACT_FIRST:
        order = ["now", "talk", "open", "steps", "close"]
    elif triage.imminent:
        order = ["now", "open", "talk", "steps", "close"]
    written = [parts["known"]["talk"] if name == "talk" else part(name) for name in order]
    written[2:2] = named  # behind the first words and what to do now
    written[-1:-1] = [parts["also"][name] for name in triage.also if name in parts["also"]]
    return "\n\n".join(paragraph.strip().format(**fill) for paragraph in written if paragraph)


def _on_medicines(said_of: dict[str, str], triage: Triage, question: str) -> list[str]:
    """What is said of each medicine that the message names, where a reaction is the matter."""
    if triage.category != "medication_reaction":
        return []
    words = set(re.findall(r"\w+", question.lower()))
    return [text for names, text in said_of.items() if not words.isdisjoint(names.split())]


def _in_their_language(triage: Triage) -> list[str]:
    """That answers are in English, and to call for help, in the language of the cry where that is
    sure: a courtesy that a broken installation goes without."""
    codes = [rule.removeprefix(RULE) for rule in triage.rules if rule.startswith(RULE)]
    try:
        from rag.languages import said_in

        words = said_in(codes[0]) if len(codes) == 1 else ""
    except (ImportError, OSError, ValueError, KeyError):
        return []
    return [words] if words else []


def _emergency(place: Country | None, table: ResourceTable, today: dt.date) -> str:
    if place is None or not table.is_current(place, today):
        return "your local emergency number"
    return " or ".join(place.emergency[:2])


def _spoken(resource: Resource) -> str:
    """One line of the list, as a person would read it out."""
    ways = []
    if resource.phone:
        ways.append(f"call {resource.phone}")
    if resource.sms:
        ways.append(f"text {resource.sms}")
    if resource.url:
        ways.append(resource.url)
    about = ", ".join(part for part in (resource.hours, resource.note) if part)
    return f"{resource.name}: {', '.join(ways)}" + (f" ({about})" if about else "")
