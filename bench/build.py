"""Build time: all of it, and after one changed document.

    python bench/build.py [PATH ...]           # default: the shipped corpus
    python bench/build.py --documents 500      # filled up with copies that each say a word more

Builds into a temporary folder from a copy of the documents, changes one document, builds again,
and builds that from nothing a second time, to see that id and vectors are the same.
"""

from __future__ import annotations

import argparse
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from rich.console import Console
from rich.table import Table

import corpora
from rag.index.build import BuildReport, build
from rag.index.files import sha256_file
from rag.index.store import IndexStore
from rag.index.version import IndexVersion
from rag.settings import Settings

SAME_BYTES = ("passages.sqlite", "vectors.faiss", "asked.faiss", "sentences.npy")
ADDED = "\n\n## Section {0}\n\nSentence {0} was not in this document until just now.\n"
T = TypeVar("T")


def timed(work: Callable[[], T]) -> tuple[float, T]:
    """Seconds that `work` took, and what it returned."""
    start = time.perf_counter()
    result = work()
    return time.perf_counter() - start, result


def copy_of(paths: list[Path], folder: Path) -> Path:
    """The documents, in a folder that may be changed."""
    folder.mkdir()
    for number, path in enumerate(paths):
        if path.is_dir():
            shutil.copytree(path, folder / str(number))
        else:
            (folder / str(number)).mkdir()
            for file in (path, path.with_name(path.name + ".toml")):
                if file.exists():
                    shutil.copy(file, folder / str(number))
    return folder


def fill_up(documents: Path, wanted: int) -> None:
    """Adds copies of the Markdown documents, under other ids and with other sentences."""
    originals = sorted(documents.rglob("*.md"))
    for number in range(wanted - len(originals)):
        turn, place = divmod(number, len(originals))
        source = originals[place]
        head, body = source.read_text().removeprefix("---\n").split("\n---\n", 1)
        head = re.sub(r"(?m)^id: (.+)$", rf"id: \1-{turn}", head)
        head = re.sub(r'(?m)^title: "(.+)"$', rf'title: "\1, copy {turn}"', head)
        body = body.replace(". ", f", as copy {turn} says too. ")
        source.with_stem(f"{source.stem}-{turn}").write_text(f"---\n{head}\n---\n{body}")


def change_one(documents: Path, number: int) -> str:
    """Adds a section, called by its number, to the first text document below the folder."""
    for path in sorted(documents.rglob("*")):
        if path.suffix in (".md", ".markdown", ".txt"):
            path.write_text(path.read_text() + ADDED.format(number))
            return path.name
    raise SystemExit("bench/build.py needs at least one .md or .txt document to change")


def command(documents: Path, index_dir: Path) -> None:
    """`rag build` in a process of its own, which judges what it built and activates it."""
    words = [sys.executable, "-m", "rag.cli.main", "build", str(documents)]
    run = [*words, "--index-dir", str(index_dir)]
    subprocess.run(run, check=True, capture_output=True)


def hashes(index_dir: Path, version_id: str) -> dict[str, str]:
    """SHA-256 of the files that must not depend on how a version came about."""
    folder = IndexStore(index_dir).folder(version_id)
    lexical = sorted(path.relative_to(folder).as_posix() for path in folder.glob("lexical/*"))
    return {name: sha256_file(folder / name) for name in (*SAME_BYTES, *lexical)}


def main() -> None:
    """Runs the builds and prints one table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("paths", nargs="*", type=Path, default=[corpora.documents_dir()])
    parser.add_argument("--threads", type=int, default=2, help="CPU threads for encoding")
    parser.add_argument("--documents", type=int, default=0, help="fill up to so many")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        documents = copy_of(options.paths, Path(scratch) / "documents")
        fill_up(documents, options.documents)
        stages: Counter[str] = Counter()
        last = time.perf_counter()

        def progress(stage: str, done: int, total: int) -> None:
            nonlocal last
            now = time.perf_counter()
            stages[stage] += now - last
            last = now

        def run(name: str, **options_: object) -> tuple[float, BuildReport]:
            settings = Settings(
                index_dir=Path(scratch) / name, encoder={"threads": options.threads}
            )
            return timed(lambda: build([documents], settings, **options_))

        first_s, first = run("indexes", progress=progress)
        with IndexVersion.open(Path(scratch) / "indexes") as version:
            sentences = version.manifest.counts.sentences
        open_s, version = timed(lambda: IndexVersion.open(Path(scratch) / "indexes"))
        version.close()
        same_s, _ = run("indexes")
        changed = change_one(documents, 1)
        again_s, again = run("indexes")
        change_one(documents, 2)
        command_s, _ = timed(lambda: command(documents, Path(scratch) / "indexes"))
        active = IndexStore(Path(scratch) / "indexes").active()
        fresh_s, fresh = run("fresh")
        equal = hashes(Path(scratch) / "indexes", active) == hashes(
            Path(scratch) / "fresh", fresh.version_id
        )
    table = Table("what", "seconds", "detail", title="rag build")
    table.add_row("from nothing", f"{first_s:.2f}", f"{first.sources} sources")
    for stage, seconds in stages.items():
        table.add_row(f"  {stage.lower()}", f"{seconds:.2f}", "")
    table.add_row("nothing changed", f"{same_s:.2f}", "")
    table.add_row(
        "one document changed", f"{again_s:.2f}", f"{changed}: {again.reused} passages reused"
    )
    table.add_row("another one, `rag build` as a whole", f"{command_s:.2f}", "with promotion gate")
    table.add_row("the same from nothing", f"{fresh_s:.2f}", "")
    table.add_row("opening, hashes checked", f"{open_s:.2f}", "")
    console = Console()
    console.print(table)
    texts = first.passages + sentences
    console.print(
        f"{first.passages} passages ({first.passages / first_s:.1f}/s), {sentences} sentences, "
        f"{texts / first_s:.1f} texts/s over the whole build; "
        f"{len(first.quarantined)} documents quarantined"
    )
    same_id = fresh.version_id == active
    console.print(
        f"incremental and full build: ids {'equal' if same_id else 'DIFFER'}, files "
        f"{'equal' if equal else 'DIFFER'}"
    )
    if not (same_id and equal):
        raise SystemExit(1)


if __name__ == "__main__":
    main()
