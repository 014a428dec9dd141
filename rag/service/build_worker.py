"""The process that a build job runs in: an order on standard input, the result on standard output.

Both are one JSON document: {"folder", "settings"} in; what `rag.service.schemas.BuildResult` holds,
or {"error"}, out.
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rag.errors import RagError
from rag.index.build import build
from rag.settings import Settings

NICENESS = 10  # questions come first


def main() -> None:
    """Builds without activating; the service does that once it has the result."""
    if hasattr(os, "nice"):
        os.nice(NICENESS)
    order = json.loads(sys.stdin.buffer.read())
    # Whatever a library prints must not get into the result.
    with contextlib.redirect_stdout(sys.stderr):
        reply = _reply(Path(order["folder"]), Settings.model_validate(order["settings"]))
    print(json.dumps(reply))


def _reply(folder: Path, settings: Settings) -> dict[str, Any]:
    try:
        report = build([folder], settings, activate=False)
    except (RagError, OSError) as error:
        return {"error": str(error)}
    return {
        "version_id": report.version_id,
        "sources": report.sources,
        "passages": report.passages,
        "added": report.added,
        "removed": report.removed,
        "reused": report.reused,
        "quarantined": _notes(report.quarantined),
        "warnings": _notes(report.warnings),
    }


def _notes(notes: Sequence[tuple[str, str]]) -> list[dict[str, str]]:
    return [{"path": path, "reason": reason} for path, reason in notes]


if __name__ == "__main__":
    main()
