"""The engine's nouns as JSON, for the command line and the service alike."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
from collections.abc import Mapping
from enum import Enum
from pathlib import Path
from typing import Any


def plain(value: Any) -> Any:
    """`value` as JSON types: dataclasses become objects, tuples arrays, dates ISO 8601 text.

    Raises:
        TypeError: for a type that has no JSON form here.

    >>> import datetime
    >>> plain((1, datetime.date(2026, 1, 31)))
    [1, '2026-01-31']
    """
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, str) and not isinstance(value, Enum):
        return value
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    return plain(shallow(value))


def shallow(value: Any) -> Any:
    """As `plain`, but one level deep and only for what `json` does not know itself: its
    `default`.

    Raises:
        TypeError: for a type that has no JSON form here.
    """
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, Path):
        return str(value)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {f.name: getattr(value, f.name) for f in dataclasses.fields(value)}
    raise TypeError(f"{type(value).__name__} has no JSON form")


def dumps(value: Any, *, indent: int | None = None) -> str:
    """One JSON document. Readable Unicode, except that text with lone surrogates is escaped,
    since no UTF-8 stream could carry it otherwise."""
    data = plain(value)
    text = json.dumps(data, ensure_ascii=False, indent=indent, allow_nan=False)
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return json.dumps(data, indent=indent, allow_nan=False)
    return text
