"""A random sample of passages to be read by eye, and how long ingest took.

    python bench/ingest_sample.py --seed 1

reads the brochures (PDF) and the scraped pages (Markdown) in ../shared/data/sources and prints
30 passages of each with heading and pages. A passage is clean when it is prose or a list that a
reader can follow, without navigation, link titles or words run together, under the right heading
and, for PDFs, with the right pages.
"""

from __future__ import annotations

import argparse
import random
import time
from pathlib import Path

from rag.encoders import open_encoder
from rag.errors import DocumentError
from rag.ingest import parse
from rag.ingest.chunking import passages
from rag.model import Passage
from rag.settings import EncoderSettings, IngestSettings

SOURCES = Path(__file__).parents[2] / "shared" / "data" / "sources"
KINDS = {"PDF": ("nimh-brochures", "*.pdf"), "pages": ("us-gov-pages", "*.md")}


def main() -> None:
    """Prints the sample and the timings."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--each", type=int, default=30, help="passages of each kind")
    arguments = parser.parse_args()
    chosen = random.Random(arguments.seed)  # noqa: S311 - a sample, not a secret
    count_tokens = open_encoder(EncoderSettings()).count_tokens
    settings = IngestSettings()
    number = 0
    for kind, (folder, pattern) in KINDS.items():
        paths = sorted((SOURCES / folder).glob(pattern))
        found: list[tuple[Path, Passage]] = []
        slowest, failed = 0.0, []
        start = time.perf_counter()
        for path in paths:
            began = time.perf_counter()
            try:
                made = passages(parse(path, settings), count_tokens, settings)
            except DocumentError as error:
                failed.append(str(error))
                continue
            slowest = max(slowest, time.perf_counter() - began)
            found += [(path, passage) for passage in made]
        seconds = time.perf_counter() - start
        for path, passage in chosen.sample(found, min(arguments.each, len(found))):
            number += 1
            pages = f"  p. {', '.join(map(str, passage.pages))}" if passage.pages else ""
            print(f"[{number}] {path.name}{pages}\n    {' > '.join(passage.heading)}")
            print("    | " + passage.text.replace("\n", "\n    | ") + "\n")
        sizes = sorted(count_tokens(passage.text) for _, passage in found)
        print(
            f"--- {kind}: {len(paths) - len(failed)} of {len(paths)} ingested, {len(found)} "
            f"passages, {seconds:.1f} s in all, {slowest:.2f} s the slowest; word pieces a "
            f"passage: median {sizes[len(sizes) // 2]}, most {sizes[-1]}"
        )
        for problem in failed:
            print(f"    {problem}")
        print()


if __name__ == "__main__":
    main()
