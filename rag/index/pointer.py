"""CURRENT: the one file that says which version answers.

Its first line is the active version's id; the lines below are the versions that were active
before it, latest first, so that a rollback knows where to go.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from rag.errors import IndexCorruptError
from rag.index.files import replace_file
from rag.index.manifest import VersionId

CURRENT = "CURRENT"
REMEMBERED = 20
"""Earlier versions that CURRENT remembers."""

_IDS = TypeAdapter(list[VersionId])


@dataclass(frozen=True, slots=True)
class Pointer:
    """The active version and those active before it, latest first, each once."""

    active: str
    earlier: tuple[str, ...] = ()

    def moved_to(self, version_id: str) -> Pointer:
        """With `version_id` active and the present one remembered."""
        if version_id == self.active:
            return self
        before = (self.active, *self.earlier)
        kept = [earlier for earlier in before if earlier != version_id]
        return Pointer(version_id, tuple(kept[:REMEMBERED]))


def read_pointer(index_dir: Path) -> Pointer | None:
    """What CURRENT says; None when there is no CURRENT.

    Raises:
        IndexCorruptError: the file does not hold version ids.
    """
    try:
        lines = (index_dir / CURRENT).read_text("ascii").splitlines()
        active, *earlier = _IDS.validate_python(lines)
    except FileNotFoundError:
        return None
    except (OSError, ValueError, ValidationError) as error:
        raise IndexCorruptError(
            f"{index_dir / CURRENT} cannot be read as a list of version ids: run `rag index list`, "
            "then `rag index activate ID`"
        ) from error
    return Pointer(active, tuple(earlier))


def write_pointer(index_dir: Path, pointer: Pointer) -> None:
    """Replaces CURRENT in one step: a reader or a crash sees the old one or the new one.

    Raises:
        OSError: it could not be written; the old one stands.
    """
    lines = (pointer.active, *pointer.earlier)
    replace_file(index_dir / CURRENT, "".join(f"{line}\n" for line in lines).encode("ascii"))
