"""Turns stated metadata, or guesses where nothing is stated, into a Source."""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path

from rag.ingest.draft import Draft
from rag.ingest.frontmatter import FrontMatter
from rag.model import BlockKind, RestsOn, Source

_NOT_ID = re.compile(r"[^a-z0-9]+")
_EDITION_HEX_DIGITS = 12


def make_source(draft: Draft, side_car: FrontMatter | None, path: Path, sha256: str) -> Source:
    """The source: stated fields first, then what the document shows, then the file name."""
    stated = side_car or draft.front_matter or FrontMatter()
    return Source(
        id=stated.id or _id_from(path, sha256),
        title=stated.title or draft.title or _first_heading(draft) or _title_from(path),
        publisher=stated.publisher or draft.publisher,
        sha256=sha256,
        edition=stated.edition or sha256[:_EDITION_HEX_DIGITS],
        kind=stated.kind,
        jurisdiction=stated.jurisdiction,
        language=(draft.language if stated.language == "en" else "") or stated.language,
        audience=stated.audience,
        published=stated.published or (None if stated.reviewed else draft.published),
        reviewed=stated.reviewed,
        effective_from=stated.effective_from,
        withdrawn_on=stated.withdrawn_on,
        supersedes=stated.supersedes,
        url=stated.url or draft.url,
        licence=stated.licence or draft.licence,
        grade=stated.grade,
        review=stated.review,
        rests_on=tuple(
            RestsOn(publisher=item.publisher, title=item.title, url=item.url, edition=item.edition)
            for item in stated.rests_on
        ),
    )


def _id_from(path: Path, sha256: str) -> str:
    plain = unicodedata.normalize("NFKD", path.stem).lower().encode("ascii", "ignore").decode()
    return _NOT_ID.sub("-", plain).strip("-") or f"document-{sha256[:_EDITION_HEX_DIGITS]}"


def _first_heading(draft: Draft) -> str:
    headings = [block for block in draft.blocks if block.kind is BlockKind.HEADING]
    return min(headings, key=lambda block: block.level).text if headings else ""


def _title_from(path: Path) -> str:
    words = re.sub(r"[\s_-]+", " ", path.stem).strip()
    return words[:1].upper() + words[1:] or path.name
