"""Which sources may not be used at a date. They leave before ranking, so they take no places."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence

from rag.index.passages import source_names
from rag.languages import ANSWERED_IN
from rag.model import Source


def excluded_sources(sources: Sequence[Source], as_of: dt.date | None = None) -> frozenset[str]:
    """Names, as in `Passage.source_id`, of the sources that are not in force on `as_of`.

    A source in another language than that of the answers is always out: its sentences could not
    be checked. Of the others, one is out before it takes effect, from the day it is withdrawn,
    and from the day a source that supersedes it takes effect. Withdrawing a source does not bring
    back the ones that it superseded: nobody has said that those are right again.

    A source takes effect on `effective_from`. Where that is not given, a look into the past
    (`as_of`) takes `published` instead. Without `as_of` the day is today and such a source is
    always in effect: it is in the index, so it is out, whatever this computer's clock says.

    `supersedes` names ids, which means every other edition too, or one edition as `id@edition`.

    Args:
        sources: every source of an index version.
    """
    day = as_of or dt.date.today()
    started = [source for source in sources if _start(source, in_past=as_of is not None) <= day]
    superseding: dict[str, list[Source]] = defaultdict(list)
    for source in started:
        for name in source.supersedes:
            superseding[name].append(source)

    def in_force(source: Source) -> bool:
        if source.language.partition("-")[0] != ANSWERED_IN:
            return False
        if source.withdrawn_on is not None and source.withdrawn_on <= day:
            return False
        newer = superseding[source.id] + superseding[f"{source.id}@{source.edition}"]
        return all(other is source for other in newer)

    kept = {(source.id, source.edition) for source in started if in_force(source)}
    return frozenset(
        name
        for name, source in zip(source_names(sources), sources, strict=True)
        if (source.id, source.edition) not in kept
    )


def last_dated(source: Source) -> int:
    """Day number of the last review, else of publication, else 0. Later is better."""
    day = source.reviewed or source.published
    return day.toordinal() if day else 0


def _start(source: Source, *, in_past: bool) -> dt.date:
    published = source.published if in_past else None
    return source.effective_from or published or dt.date.min
