"""The process that a build job runs in: an order on standard input, the result on standard output.

Both are one JSON document: {"request", "folder", "settings"} in, where "request" is a
`rag.service.schemas.BuildRequest`; {"result"}, {"plan"} or {"error"} out.
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rag.corpus.plan import Plan, plan_build
from rag.corpus.promotion import judge
from rag.errors import RagError
from rag.index.build import BuildReport, build
from rag.jsonable import plain
from rag.settings import Settings

NICENESS = 10  # questions come first


def main() -> None:
    """Builds without activating; the service does that once it has the result."""
    if hasattr(os, "nice"):
        os.nice(NICENESS)
    order = json.loads(sys.stdin.buffer.read())
    # Whatever a library prints must not get into the result.
    with contextlib.redirect_stdout(sys.stderr):
        reply = _reply(order, Path(order["folder"]), Settings.model_validate(order["settings"]))
    print(json.dumps(reply))


def _reply(order: dict[str, Any], folder: Path, settings: Settings) -> dict[str, Any]:
    request = order["request"]
    unknown = request["allow_unknown"]
    try:
        if request["dry_run"]:
            plan = plan_build([folder], settings, allow_unknown=unknown)
            return {"plan": _noted(plan)}
        report = build([folder], settings, activate=False, allow_unknown=unknown)
        judged = request["activate"] and not request["force"]
        refused = judge(settings, report.version_id).refused if judged else ()
    except (RagError, OSError) as error:
        return {"error": str(error)}
    return {"result": {**_noted(report), "refused": list(refused)}}


def _noted(report: BuildReport | Plan) -> dict[str, Any]:
    notes = {"quarantined": _notes(report.quarantined), "warnings": _notes(report.warnings)}
    return {**plain(report), **notes}


def _notes(notes: Sequence[tuple[str, str]]) -> list[dict[str, str]]:
    return [{"path": path, "reason": reason} for path, reason in notes]


if __name__ == "__main__":
    main()
