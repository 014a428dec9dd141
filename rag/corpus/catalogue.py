"""`corpora/catalogue.toml`: the official documents that ours rest on, and their licences.

The file has three kinds of table: `[licence.ID]`, `[site."HOST/PATH"]` (what holds for the pages
below an address, the longest match first) and `[[document]]`. The last kind follows from the
documents' `rests_on`: `rag corpus catalogue --update` writes it, and keeps what a person changed.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from rag.corpus.documents import CorpusDocument
from rag.errors import CorpusError

UNKNOWN_LICENCE = "check-before-reuse"
_HEAD = """\
# The official documents on which the shipped ones rest, and what their licences permit.
#
# A licence says whether `rag corpus fetch` may download the documents under it. A site says which
# licence and jurisdiction hold for the pages below an address; where terms are not certain the
# licence is "check-before-reuse", and nothing is fetched. `rag corpus catalogue --update` writes
# the documents, by what the front matter of ours says, and keeps a licence, language or
# jurisdiction that was changed here by hand.
"""


@dataclass(frozen=True, slots=True)
class Licence:
    """Terms that a publisher states, in a sentence, and whether they allow a download."""

    name: str
    permits: str
    url: str
    fetch: bool


@dataclass(frozen=True, slots=True)
class Site:
    """What holds for the pages below an address. `jurisdiction`: ISO 3166-1 alpha-2 or INT."""

    licence: str
    jurisdiction: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One official document, and the ids of ours that rest on it, sorted."""

    title: str
    publisher: str
    url: str
    edition: str
    licence: str
    language: str
    jurisdiction: str
    documents: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The whole file. Entries are sorted by publisher, then address."""

    licences: Mapping[str, Licence]
    sites: Mapping[str, Site]
    entries: tuple[Entry, ...]

    def site_of(self, url: str) -> Site:
        """What holds for a page: its longest matching site, else unknown terms."""
        parts = urlsplit(url)
        address = f"{parts.hostname or ''}{parts.path}"
        found = max((name for name in self.sites if _is_below(address, name)), key=len, default="")
        return self.sites[found] if found else Site(UNKNOWN_LICENCE, "")

    def fetchable(self) -> tuple[Entry, ...]:
        """The entries whose licence allows a download."""
        return tuple(entry for entry in self.entries if self.licences[entry.licence].fetch)


def read_catalogue(path: Path) -> Catalogue:
    """The catalogue in `path`.

    Raises:
        CorpusError: it is missing, is no TOML, or a table lacks a field; the message names it.
    """
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as problem:
        raise CorpusError(f"{path} cannot be read: {problem}") from problem
    licences = {
        name: Licence(**_fields(Licence, row, f"{path}: licence {name}"))
        for name, row in raw.get("licence", {}).items()
    }
    sites = {
        name: Site(**_fields(Site, row, f"{path}: site {name}"))
        for name, row in raw.get("site", {}).items()
    }
    entries = []
    for row in raw.get("document", []):
        values = _fields(Entry, row, f"{path}: document {row.get('url', '?')}")
        entries.append(Entry(**{**values, "documents": tuple(values["documents"])}))
    for where, named in [
        *((f"site {name}", site.licence) for name, site in sites.items()),
        *((f"document {entry.url}", entry.licence) for entry in entries),
    ]:
        if named not in licences:
            raise CorpusError(f"{path}: {where}: there is no licence {named!r}")
    return Catalogue(licences, sites, tuple(entries))


def updated(catalogue: Catalogue, documents: Iterable[CorpusDocument]) -> Catalogue:
    """The catalogue with exactly the documents that ours rest on. A licence, language or
    jurisdiction that an entry has stays; a new entry takes its site's."""
    there = {entry.url: entry for entry in catalogue.entries}
    wanted: dict[str, Entry] = {}
    for document in documents:
        for rest in document.source.rests_on:
            site = catalogue.site_of(rest.url)
            known = there.get(rest.url)
            entry = wanted.get(rest.url) or Entry(
                title=rest.title,
                publisher=rest.publisher,
                url=rest.url,
                edition=rest.edition,
                licence=known.licence if known else site.licence,
                language=known.language if known else document.source.language,
                jurisdiction=(known and known.jurisdiction) or site.jurisdiction,
                documents=(),
            )
            ids = tuple(sorted({*entry.documents, document.source.id}))
            wanted[rest.url] = replace(entry, documents=ids)
    ordered = sorted(wanted.values(), key=lambda entry: (entry.publisher, entry.url))
    return replace(catalogue, entries=tuple(ordered))


def to_toml(catalogue: Catalogue) -> str:
    """The text of `catalogue.toml`."""
    parts = [_HEAD]
    for name, licence in catalogue.licences.items():
        parts.append(f"[licence.{name}]\n{_rows(licence)}")
    for address, site in sorted(catalogue.sites.items()):
        parts.append(f"[site.{_value(address)}]\n{_rows(site)}")
    parts += [f"[[document]]\n{_rows(entry)}" for entry in catalogue.entries]
    return "\n".join(parts)


def _is_below(address: str, site: str) -> bool:
    host, _, path = site.partition("/")
    own_host, _, own_path = address.partition("/")
    return f".{own_host}".endswith(f".{host}") and f"/{own_path}".startswith(f"/{path}")


def _fields(kind: type, row: Mapping[str, Any], where: str) -> dict[str, Any]:
    types = {
        name: {"bool": bool, "tuple[str, ...]": list}.get(annotation, str)
        for name, annotation in kind.__annotations__.items()
    }
    for name, wanted in types.items():
        if not isinstance(row.get(name), wanted):
            raise CorpusError(f"{where}: `{name}` is missing or of the wrong type")
    if unknown := set(row) - set(types):
        raise CorpusError(f"{where}: unknown fields {sorted(unknown)}")
    return dict(row)


def _rows(record: Licence | Site | Entry) -> str:
    names = type(record).__annotations__
    return "".join(f"{name} = {_value(getattr(record, name))}\n" for name in names)


def _value(value: object) -> str:
    """A TOML value: JSON's texts, lists and booleans are TOML's too."""
    return json.dumps(value, ensure_ascii=False)
