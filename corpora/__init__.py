"""The shipped corpus: vetted documents, curated facts, crisis resources. Only data and its place.

`docs/corpus.md` describes the format of the documents and how they are written.
"""

from __future__ import annotations

from pathlib import Path

_ROOT = Path(__file__).resolve().parent


def documents_dir() -> Path:
    """The folder with the documents that ship with the package: Markdown with front matter."""
    return _ROOT / "documents"


def crisis_dir() -> Path:
    """The folder with the table of crisis lines and services."""
    return _ROOT / "crisis"


def catalogue_file() -> Path:
    """The list of official documents that ours rest on, with their licences."""
    return _ROOT / "catalogue.toml"


def publishers_file() -> Path:
    """The list of official publishers, with the hosts of their pages."""
    return _ROOT / "publishers.txt"


def facts_dir() -> Path:
    """The folder with the curated facts and names of the knowledge graph: CSV."""
    return _ROOT / "facts"


__all__ = ["catalogue_file", "crisis_dir", "documents_dir", "facts_dir", "publishers_file"]
