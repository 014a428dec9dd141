"""What `rag doctor` finds out: each check returns plain facts and advice for what is wrong."""

from __future__ import annotations

import os
import platform
import re
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import metadata
from typing import Any

import rag
from rag.errors import RagError
from rag.settings import Settings

DISTRIBUTION = "plumbline"
BASE = "base"
MASK = "***"
_REQUIREMENT = re.compile(r"""^(?P<name>[\w.-]+)[^;]*(?:;.*extra\s*==\s*["'](?P<extra>\w+)["'])?""")
_SECRET = re.compile(r"key|token|secret|password|dsn", re.IGNORECASE)
_USER_INFO = re.compile(r"(?<=//)[^/@\s]+(?=@)")


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at: `facts` have a JSON form, `advice` is empty when all is well."""

    name: str
    ok: bool
    facts: dict[str, Any]
    advice: tuple[str, ...] = ()


def check_install() -> Finding:
    """Versions of Python, of the project and of what each extra needs."""
    facts: dict[str, Any] = {"plumbline": rag.__version__, "python": platform.python_version()}
    advice: list[str] = []
    needed = _requirements()
    ok = not [name for name, version in needed.get(BASE, {}).items() if version is None]
    if not needed or not ok:
        advice.append(f"The installation is not whole: pip install '{DISTRIBUTION}'")
    for extra, versions in needed.items():
        facts[extra] = versions
        missing = [name for name, version in versions.items() if version is None]
        if missing and extra not in (BASE, "dev"):
            names = ", ".join(missing)
            advice.append(
                f"Extra {extra!r} is not installed ({names}); if you need it: "
                f"pip install '{DISTRIBUTION}[{extra}]'"
            )
    return Finding("install", ok and bool(needed), facts, tuple(advice))


def check_settings(settings: Settings) -> Finding:
    """Every option by the name of its environment variable; what looks secret is masked."""
    values = dict(_flat("RAG", settings.model_dump(mode="json")))
    unknown = sorted(
        name
        for name in os.environ
        if name.upper().startswith("RAG_") and name.upper() not in values
    )
    advice = tuple(f"{name} is set, but no option has that name: unset it" for name in unknown)
    return Finding("settings", True, values, advice)


def check_encoder(settings: Settings) -> Finding:
    """Whether the encoder that a build would use can be opened."""
    from rag.encoders import open_encoder

    try:
        encoder = open_encoder(settings.encoder)
    except RagError as error:
        facts: dict[str, Any] = {"model": _masked(settings.encoder.model)}
        return Finding("encoder", False, facts, (_masked(str(error)),))
    facts = {"name": _masked(encoder.name), "sha256": encoder.sha256}
    return Finding("encoder", True, {**facts, "dimensions": encoder.dimensions})


def check_llm(settings: Settings) -> Finding:
    """Whether the LLM that the settings name can be opened; nothing is sent to it."""
    from rag.llm.opening import open_llm

    facts: dict[str, Any] = {"provider": settings.llm.provider, "model": settings.llm.model}
    try:
        open_llm(settings.llm)
    except RagError as error:
        return Finding("llm", False, facts, (str(error),))
    return Finding("llm", True, facts)


def check_index(settings: Settings) -> Finding:
    """Whether there is an active version and every file of it is as its manifest says."""
    from rag.index.store import IndexStore

    facts: dict[str, Any] = {"index_dir": str(settings.index_dir)}
    try:
        manifest = IndexStore(settings.index_dir).verify()
    except RagError as error:
        return Finding("index", False, facts, (str(error),))
    facts |= {
        "active": manifest.id,
        "built_at": manifest.built_at,
        "sources": manifest.counts.sources,
        "passages": manifest.counts.passages,
    }
    return Finding("index", True, facts)


def _requirements() -> dict[str, dict[str, str | None]]:
    """Extra name -> required distribution -> installed version, None when it is missing."""
    try:
        lines = metadata.requires(DISTRIBUTION) or []
    except metadata.PackageNotFoundError:
        return {}
    needed: dict[str, dict[str, str | None]] = {}
    for line in lines:
        match = _REQUIREMENT.match(line)
        if match is not None:
            versions = needed.setdefault(match["extra"] or BASE, {})
            versions[match["name"]] = _installed(match["name"])
    return needed


def _installed(name: str) -> str | None:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None


def _flat(prefix: str, values: dict[str, Any], joint: str = "_") -> Iterator[tuple[str, Any]]:
    for name, value in values.items():
        key = f"{prefix}{joint}{name.upper()}"
        if isinstance(value, dict):
            yield from _flat(key, value, "__")
        elif isinstance(value, str) and _SECRET.search(name):
            yield key, MASK
        else:
            yield key, _masked(value) if isinstance(value, str) else value


def _masked(text: str) -> str:
    """Without the user and password that a link may carry."""
    return _USER_INFO.sub(MASK, text)
