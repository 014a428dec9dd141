"""The daily job: documents to a version that answers, if the promotion gate lets it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from rag.corpus.promotion import Judgement, judge
from rag.errors import IndexUnavailableError
from rag.index.build import BuildReport, build
from rag.index.prepare import Progress
from rag.index.store import IndexStore
from rag.settings import Settings


@dataclass(frozen=True, slots=True)
class Update:
    """What was built, and what the promotion gate said; None where there was nothing to judge."""

    built: BuildReport
    judgement: Judgement | None


def update(
    paths: Sequence[Path],
    settings: Settings,
    *,
    progress: Progress | None = None,
    full: bool = False,
    allow_unknown: bool = False,
    activate: bool = True,
    force: bool = False,
) -> Update:
    """Builds, judges and activates. A version that answers already is not judged again.

    Args:
        activate: False builds only.
        force: activates whatever the gate says.

    Raises:
        as `rag.index.build.build` and `rag.corpus.promotion.judge`.
    """
    report = build(
        paths, settings, progress=progress, activate=False, full=full, allow_unknown=allow_unknown
    )
    store = IndexStore(settings.index_dir)
    if not activate:
        return Update(report, None)
    judgement = None
    if not force and _active(store) != report.version_id:
        judgement = judge(settings, report.version_id)
        if judgement.refused:
            return Update(report, judgement)
    store.activate(report.version_id)
    return Update(replace(report, activated=True), judgement)


def _active(store: IndexStore) -> str:
    try:
        return store.active()
    except IndexUnavailableError:
        return ""
