"""Run by test_crash.py: builds that are killed (SIGKILL) at steps that touch the disk.

Arguments: a folder of documents, an index folder whose active version lacks one of them, and a
scratch folder. Prints one JSON object: how many steps, and those after which something was wrong.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import sys
import traceback
from collections.abc import Callable
from pathlib import Path

import bm25s  # noqa: F401  loaded before the forks, so that each of them starts at once
import faiss  # noqa: F401

from rag.index.build import build
from rag.index.store import IndexStore
from rag.index.version import IndexVersion
from rag.settings import Settings

LAST = 16
STEPS = {"open", "os.rename", "os.mkdir", "os.remove", "os.rmdir", "sqlite3.connect"}


def writes(event: str, args: tuple[object, ...], index_dir: str) -> bool:
    if event not in STEPS or index_dir not in str(args[0]):
        return False
    if event != "open":
        return True
    _, mode, flags = args
    # os.open has no mode: it is how files and folders are flushed.
    return mode is None or bool(int(str(flags)) & (os.O_WRONLY | os.O_RDWR))


def in_child(work: Callable[[], None]) -> int:
    """Exit code of `work` in a process of its own; minus the signal that ended it."""
    child = os.fork()
    if child == 0:
        code = 1
        try:
            work()
            code = 0
        except BaseException:
            traceback.print_exc()
        finally:
            sys.stderr.flush()
            os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def main(documents: Path, pristine: Path, index_dir: Path) -> None:
    settings = Settings(index_dir=index_dir)
    old = IndexStore(pristine).active()

    def start_again() -> None:
        shutil.rmtree(index_dir, ignore_errors=True)
        shutil.copytree(pristine, index_dir, copy_function=os.link)

    def builds(fatal: int) -> None:
        count = 0

        def hook(event: str, args: tuple[object, ...]) -> None:
            nonlocal count
            if writes(event, args, str(index_dir)):
                count += 1
                if count == fatal:
                    os.kill(os.getpid(), signal.SIGKILL)

        sys.addaudithook(hook)
        build([documents], settings)
        (index_dir / "steps").write_text(str(count))

    def recovers() -> None:
        with IndexVersion.open(index_dir) as version:
            assert version.lexical("worry", 1)
            assert version.dense(version.encoder.encode(["worry"])[0], 1)
            before = version.id
        report = build([documents], settings)
        assert report.version_id != old
        assert before in (old, report.version_id)
        store = IndexStore(index_dir)
        assert store.active() == store.verify().id == report.version_id
        assert sorted(p.name for p in store.versions_dir.iterdir()) == store.ids()
        assert store.ids() == sorted([old, report.version_id])

    start_again()
    assert in_child(lambda: builds(0)) == 0
    total = int((index_dir / "steps").read_text())
    wrong = []
    # Some of the writing of the files, and all of what follows it: manifest, renames, CURRENT.
    steps = [*range(1, total - LAST, 4), *range(total - LAST, total + 1)]
    for step in steps:
        start_again()
        killed = in_child(lambda step=step: builds(step)) == -signal.SIGKILL
        if not killed or in_child(recovers) != 0:
            wrong.append(step)
    print(json.dumps({"steps": len(steps), "wrong": wrong}))


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
