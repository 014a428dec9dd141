"""Crisis lines and emergency numbers, read from one sealed table in `corpora/crisis`.

`SHA256SUMS` beside the table pins its bytes. A table that is missing, edited or malformed is
refused whole, because a wrong number in a crisis is worse than none. After changing the table run
`sha256sum resources.toml templates.toml > SHA256SUMS` in that folder.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import re
import tomllib
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, fields
from pathlib import Path
from typing import Any

from rag.errors import CorpusError
from rag.model import Resource

CRISIS_FOLDER = Path(__file__).resolve().parents[2] / "corpora" / "crisis"
KINDS = frozenset("crisis child abuse poison perinatal eating substance sexual_violence".split())
STALE_FACTOR = 2  # a row this many re-check intervals old is no longer served

_DIAL = re.compile(r"\+?[0-9*#]{2,15}")
_URL = re.compile(r"https://[^\s]+")
_ALIASES = {"UK": "GB", "EL": "GR"}
_LOCALE = re.compile(r"[A-Za-z]{2,3}[-_](?:[A-Za-z]{4}[-_])?([A-Za-z]{2})\b")


@dataclass(frozen=True, slots=True)
class Line:
    """One service. `dial` and `sms_to` are kept exactly as they are dialled.

    `kinds` are from `KINDS`; `confirmed_at` is the page on which the number was confirmed on
    `checked`; `owner_page` is the service's own page.
    """

    name: str
    kinds: tuple[str, ...]
    owner_page: str
    confirmed_at: str
    checked: dt.date
    dial: str = ""
    display: str = ""
    sms_keyword: str = ""
    sms_to: str = ""
    chat_url: str = ""
    hours: str = ""
    languages: tuple[str, ...] = ()
    audience: str = "anyone"
    cost: str = ""

    def resource(self, country: str) -> Resource:
        """The line as it goes into an answer."""
        sms = f"{self.sms_keyword} to {self.sms_to}" if self.sms_keyword else self.sms_to
        extras = (self.audience if self.audience != "anyone" else "", self.cost)
        return Resource(
            name=self.name,
            country=country,
            phone=self.display or self.dial,
            sms=sms,
            url=self.chat_url or self.owner_page,
            hours=self.hours,
            note=", ".join(part for part in extras if part),
        )


@dataclass(frozen=True, slots=True)
class Country:
    """A country's emergency numbers (the first one is to be named first) and its lines."""

    code: str
    name: str
    emergency: tuple[str, ...]
    emergency_source: str
    checked: dt.date
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class ResourceTable:
    """The whole table. `finders` work in many countries; `recheck_days` is the interval."""

    countries: Mapping[str, Country]
    finders: tuple[Line, ...]
    recheck_days: int

    def country(self, stated: str | None) -> Country | None:
        """The row for a country code ("GB"), a locale ("en-GB") or a name; None if unknown."""
        if not stated:
            return None
        text = stated.strip()
        code = _ALIASES.get(text.upper(), text.upper())
        if code in self.countries:
            return self.countries[code]
        if locale := _LOCALE.fullmatch(text.split(".")[0]):
            code = locale.group(1).upper()
            return self.countries.get(_ALIASES.get(code, code))
        named = (c for c in self.countries.values() if c.name.casefold() == text.casefold())
        return next(named, None)

    def is_current(self, row: Line | Country, today: dt.date) -> bool:
        """Whether the row was checked recently enough to be given to somebody in danger."""
        return (today - row.checked).days <= STALE_FACTOR * self.recheck_days

    def due(self, today: dt.date) -> tuple[str, ...]:
        """Rows past their re-check interval, for `rag corpus check` to warn about."""
        dated = [(f"{c.code}: emergency number", c.checked) for c in self.countries.values()]
        for country in self.countries.values():
            dated += [(f"{country.code}: {line.name}", line.checked) for line in country.lines]
        dated += [(f"finder: {line.name}", line.checked) for line in self.finders]
        return tuple(
            f"{label} was last checked on {checked}"
            for label, checked in dated
            if (today - checked).days > self.recheck_days
        )

    def numbers(self) -> frozenset[str]:
        """Every number of the table, digits only, for the output rules."""
        found = {n for c in self.countries.values() for n in c.emergency}
        lines = [x for c in self.countries.values() for x in c.lines] + list(self.finders)
        for line in lines:
            found |= {line.dial, line.display, line.sms_to}
        return frozenset(d for n in found if (d := re.sub(r"\D", "", n)))


def sealed_bytes(name: str, folder: Path = CRISIS_FOLDER) -> bytes:
    """The bytes of `folder/name`, after comparing them with `SHA256SUMS`.

    Raises:
        CorpusError: the file or the sums are missing, or they do not agree.
    """
    try:
        data = (folder / name).read_bytes()
        sums = (folder / "SHA256SUMS").read_text(encoding="ascii")
    except (OSError, UnicodeDecodeError) as error:
        raise CorpusError(
            f"{folder / name} or its SHA256SUMS cannot be read ({error}). Reinstall plumbline."
        ) from error
    wanted = {file: digest for digest, file in (row.split() for row in sums.splitlines() if row)}
    if wanted.get(name) != hashlib.sha256(data).hexdigest():
        raise CorpusError(
            f"{folder / name} is not the file that SHA256SUMS names. If the change is yours and "
            "checked, seal it again with sha256sum; otherwise reinstall plumbline."
        )
    return data


def load_resources(folder: Path = CRISIS_FOLDER) -> ResourceTable:
    """Read, compare and validate the table.

    Raises:
        CorpusError: it is missing, edited, or breaks the format; the message names the row.
    """
    data = sealed_bytes("resources.toml", folder)
    try:
        return parse_resources(tomllib.loads(data.decode("utf-8")))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise CorpusError(f"{folder / 'resources.toml'} is not valid TOML: {error}.") from error


def parse_resources(raw: Mapping[str, Any]) -> ResourceTable:
    """Validate a parsed table. Raises CorpusError, naming the row."""
    _only(raw, {"recheck_days", "country", "finder"}, "the table")
    recheck = raw.get("recheck_days")
    if not isinstance(recheck, int) or recheck < 1:
        raise CorpusError("resources.toml: recheck_days must be a whole number of days above 0.")
    countries = {code: _country(code, row) for code, row in raw.get("country", {}).items()}
    finders = tuple(_line(row, "finder") for row in raw.get("finder", ()))
    if not countries or not finders:
        raise CorpusError("resources.toml needs at least one country and one finder.")
    return ResourceTable(countries, finders, recheck)


def _country(code: str, row: Mapping[str, Any]) -> Country:
    _only(row, {"name", "emergency", "emergency_source", "checked", "line"}, code)
    if not re.fullmatch(r"[A-Z]{2}", code):
        raise CorpusError(f"resources.toml: {code!r} is not an ISO 3166-1 alpha-2 code.")
    emergency = tuple(row.get("emergency", ()))
    if not emergency or not all(isinstance(n, str) and _DIAL.fullmatch(n) for n in emergency):
        raise CorpusError(f"resources.toml, {code}: emergency needs numbers as they are dialled.")
    if not _URL.fullmatch(row.get("emergency_source", "")) or not _is_date(row.get("checked")):
        raise CorpusError(f"resources.toml, {code}: needs emergency_source (https) and checked.")
    lines = tuple(_line(x, code) for x in row.get("line", ()))
    source, name = row["emergency_source"], row.get("name", code)
    return Country(code, name, emergency, source, row["checked"], lines)


def _line(row: Mapping[str, Any], where: str) -> Line:
    name = f"{where}: {row.get('name', '?')}"
    known = {f.name: f for f in fields(Line)}
    _only(row, set(known), name)
    if missing := [n for n, f in known.items() if f.default is MISSING and n not in row]:
        raise CorpusError(f"resources.toml, {name}: missing {', '.join(missing)}.")
    for key, value in row.items():
        lists = key in ("kinds", "languages")
        good = _is_date(value) if key == "checked" else isinstance(value, list if lists else str)
        if not good:
            raise CorpusError(f"resources.toml, {name}: {key} has the wrong type.")
    values: dict[str, Any] = {k: tuple(v) if isinstance(v, list) else v for k, v in row.items()}
    line = Line(**values)
    if not line.kinds or not set(line.kinds) <= KINDS:
        raise CorpusError(f"resources.toml, {name}: kinds must be some of {sorted(KINDS)}.")
    for number in (line.dial, line.sms_to):
        if number and not _DIAL.fullmatch(number):
            raise CorpusError(f"resources.toml, {name}: {number!r} cannot be dialled.")
    if line.display and re.sub(r"\D", "", line.display) != re.sub(r"\D", "", line.dial):
        raise CorpusError(f"resources.toml, {name}: display and dial are different numbers.")
    for url in (line.owner_page, line.confirmed_at, line.chat_url):
        if url and not _URL.fullmatch(url):
            raise CorpusError(f"resources.toml, {name}: {url!r} is not an https address.")
    if not (line.dial or line.sms_to or line.chat_url or where == "finder"):
        raise CorpusError(f"resources.toml, {name}: no number and no chat.")
    return line


def _is_date(value: object) -> bool:
    return isinstance(value, dt.date) and not isinstance(value, dt.datetime)


def _only(row: Mapping[str, Any], allowed: set[str], where: str) -> None:
    if unknown := set(row) - allowed:
        raise CorpusError(f"resources.toml, {where}: unknown keys {sorted(unknown)}.")
