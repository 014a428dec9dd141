from __future__ import annotations

import copy
import datetime as dt
import tomllib
from typing import Any

import pytest

from rag.errors import CorpusError
from rag.safety.resources import CRISIS_FOLDER, load_resources, parse_resources


@pytest.fixture
def raw() -> dict[str, Any]:
    return tomllib.loads((CRISIS_FOLDER / "resources.toml").read_text(encoding="utf-8"))


def test_the_shipped_table() -> None:
    table = load_resources()
    assert len(table.countries) >= 40
    assert len(table.finders) >= 2
    with_lines = [c for c in table.countries.values() if any("crisis" in x.kinds for x in c.lines)]
    assert len(with_lines) >= 40


def test_short_codes_stay_as_dialled() -> None:
    spain = load_resources().country("ES")
    assert spain is not None
    assert spain.lines[0].dial == "024"


def test_rows_are_due_after_their_interval() -> None:
    table = load_resources()
    assert table.due(dt.date(2026, 12, 1)) == ()
    assert len(table.due(dt.date(2027, 11, 1))) > 100


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda r: r["country"]["GB"]["line"][0].update(dial="116 123"), "cannot be dialled"),
        (lambda r: r["country"]["GB"]["line"][0].update(display="116 124"), "different numbers"),
        (lambda r: r["country"]["GB"]["line"][0].update(kinds=["fun"]), "kinds"),
        (lambda r: r["country"]["GB"]["line"][0].pop("checked"), "missing checked"),
        (lambda r: r["country"]["GB"]["line"][0].update(extra=1), "unknown keys"),
        (lambda r: r["country"]["GB"]["line"][0].update(hours=24), "wrong type"),
        (lambda r: r["country"]["GB"]["line"][0].update(owner_page="samaritans.org"), "https"),
        (lambda r: r["country"]["GB"].update(emergency=[]), "emergency"),
        (lambda r: r["country"].update(gb=r["country"]["GB"]), "alpha-2"),
        (lambda r: r.update(recheck_days=0), "recheck_days"),
        (lambda r: r.pop("finder"), "finder"),
    ],
)
def test_a_broken_row_is_refused_by_name(raw: dict[str, Any], change: Any, says: str) -> None:
    broken = copy.deepcopy(raw)
    change(broken)
    with pytest.raises(CorpusError, match=says):
        parse_resources(broken)
