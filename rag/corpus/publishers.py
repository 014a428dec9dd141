"""`corpora/publishers.txt`, and the tie between the documents, the publishers and the catalogue."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from urllib.parse import urlsplit

from rag.corpus.catalogue import Catalogue, updated
from rag.corpus.documents import CorpusDocument
from rag.corpus.findings import Finding, error, warning
from rag.errors import CorpusError

Publishers = Mapping[str, tuple[str, ...]]
"""Hosts by the one spelling of a publisher's name."""


def read_publishers(path: Path) -> Publishers:
    """The official publishers.

    Raises:
        CorpusError: the file cannot be read, a line has another form, or names are not in order.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as problem:
        raise CorpusError(f"{path} cannot be read: {problem}") from problem
    rows = [line.split(" | ") for line in lines if line and not line.startswith("#")]
    if any(len(row) != 2 for row in rows):
        raise CorpusError(f"{path}: a line is `publisher | host [host ...]`")
    names = [name for name, _ in rows]
    if names != sorted(set(names)):
        raise CorpusError(f"{path}: the publishers must be sorted, each named once")
    return {name: tuple(hosts.split()) for name, hosts in rows}


def is_official(publishers: Publishers, publisher: str, url: str) -> bool:
    """Whether the page is on a host of the publisher, as the list spells its name."""
    host = "." + (urlsplit(url).hostname or "")
    return any(host.endswith("." + known) for known in publishers.get(publisher, ()))


def check_publishers(
    documents: Sequence[CorpusDocument], publishers: Publishers
) -> Iterator[Finding]:
    """Sources that are not official, publishers that nothing rests on, pages with two names."""
    named: dict[str, set[tuple[str, str, str]]] = {}
    used: set[str] = set()
    for document in documents:
        for rest in document.source.rests_on:
            used.add(rest.publisher)
            if not is_official(publishers, rest.publisher, rest.url):
                message = f"rests on {rest.url} of {rest.publisher!r}, which publishers.txt lacks"
                yield error("publisher", document.path.stem, message)
            named.setdefault(rest.url.rstrip("/"), set()).add(
                (rest.publisher, rest.title, rest.edition)
            )
    for name in sorted(set(publishers) - used):
        yield warning("publisher", "publishers.txt", f"nothing rests on {name!r}")
    for url, names in sorted(named.items()):
        if len(names) > 1:
            shown = "; ".join(" | ".join(name) for name in sorted(names))
            yield error("publisher", url, f"has more than one title or edition: {shown}")


def check_catalogue(documents: Sequence[CorpusDocument], catalogue: Catalogue) -> Iterator[Finding]:
    """What ties the catalogue and the documents' `rests_on` together."""
    wanted = {entry.url: entry for entry in updated(catalogue, documents).entries}
    there = {entry.url: entry for entry in catalogue.entries}
    hint = "run `rag corpus catalogue --update`"
    for url in sorted(wanted.keys() - there.keys()):
        yield error("catalogue", ", ".join(wanted[url].documents), f"{url} is missing; {hint}")
    for url in sorted(there.keys() - wanted.keys()):
        yield error("catalogue", url, f"no document rests on it; {hint}")
    for url in sorted(there.keys() & wanted.keys()):
        if there[url] != wanted[url]:
            yield error("catalogue", url, f"differs from what the documents say; {hint}")
        if not there[url].jurisdiction:
            yield error("catalogue", url, "has no jurisdiction; add a site for its host")
    if len(there) < len(catalogue.entries):
        yield error("catalogue", "catalogue.toml", f"an address is listed twice; {hint}")
