"""The examples in docstrings do what they say. Those that want an index, a server or a model that
is not shipped are marked `# doctest: +SKIP` and do not run."""

from __future__ import annotations

import doctest
import importlib
from collections.abc import Iterable
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("rag", "knowledge_graph")


def _runnable(examples: Iterable[doctest.Example]) -> int:
    return sum(not example.options.get(doctest.SKIP) for example in examples)


def _written() -> dict[str, int]:
    """Name of each module with runnable examples -> how many stand in its file."""
    found = {}
    for path in sorted(file for package in PACKAGES for file in (ROOT / package).rglob("*.py")):
        examples = doctest.DocTestParser().get_examples(path.read_text("utf-8"))
        if count := _runnable(examples):
            name = ".".join(path.relative_to(ROOT).with_suffix("").parts)
            found[name.removesuffix(".__init__")] = count
    return found


WRITTEN = _written()


def test_there_are_examples() -> None:
    assert len(WRITTEN) >= 30


@pytest.mark.parametrize("name", WRITTEN)
def test_the_examples_of_a_module_hold(name: str) -> None:
    module = importlib.import_module(name)
    seen = _runnable(e for test in doctest.DocTestFinder().find(module) for e in test.examples)
    assert seen == WRITTEN[name], "doctest overlooks examples, so nothing would run them"
    assert doctest.testmod(module).failed == 0, "see the output for what differs"
