"""Which sources may not be used at a date. They leave before ranking, so they take no places."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from rag.model import Source


def excluded_sources(sources: Iterable[Source], as_of: dt.date | None = None) -> frozenset[str]:
    """Ids of the sources that are not in force on `as_of`.

    A source is out before it takes effect, from the day it is withdrawn, and from the day a
    source that supersedes it takes effect. Withdrawing a source does not bring back the ones
    that it superseded: nobody has said that those are right again.

    A source takes effect on `effective_from`. Where that is not given, a look into the past
    (`as_of`) takes `published` instead. Without `as_of` the day is today and such a source is
    always in effect: it is in the index, so it is out, whatever this computer's clock says.

    `supersedes` names ids, or one edition of an id as `id@edition`.
    """
    day = as_of or dt.date.today()
    known = tuple(sources)
    started = [source for source in known if _start(source, in_past=as_of is not None) <= day]
    superseded = {
        name for source in started for name in source.supersedes if name not in _names(source)
    }
    in_force = {
        source.id
        for source in started
        if (source.withdrawn_on is None or day < source.withdrawn_on)
        and superseded.isdisjoint(_names(source))
    }
    return frozenset(source.id for source in known) - in_force


def _start(source: Source, *, in_past: bool) -> dt.date:
    published = source.published if in_past else None
    return source.effective_from or published or dt.date.min


def _names(source: Source) -> tuple[str, str]:
    return source.id, f"{source.id}@{source.edition}"
