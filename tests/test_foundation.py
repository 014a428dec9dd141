"""The promises of the whole tree: what loads when, versions, pins, the two commands."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import rag

ROOT = Path(__file__).resolve().parent.parent
HEAVY = "torch faiss onnxruntime bm25s fastapi numpy pydantic typer rich trafilatura pypdfium2"


def _loaded_after(code: str, names: str) -> str:
    check = f"import sys; {code}; print(*(m for m in {names.split()!r} if m in sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", check], capture_output=True, text=True, check=True, cwd=ROOT
    )
    return done.stdout.strip().splitlines()[-1] if done.stdout.strip() else ""


def test_importing_rag_loads_nothing_heavy() -> None:
    assert _loaded_after("import rag", HEAVY) == ""


def test_starting_the_command_loads_no_engine() -> None:
    heavy = "torch faiss onnxruntime bm25s fastapi numpy pydantic trafilatura pypdfium2"
    assert _loaded_after("import rag.cli.main", heavy) == ""


def test_building_and_asking_load_no_torch(documents: Path, tmp_path: Path) -> None:
    code = (
        "from pathlib import Path; from rag import Engine, Settings; "
        "from rag.index.build import build; "
        f"settings = Settings(index_dir=Path({str(tmp_path)!r})); "
        f"build([Path({str(documents)!r})], settings); "
        "answer = Engine.open(settings).ask('What helps with panic attacks?'); "
        "assert answer.status == 'answered', answer"
    )
    assert (
        _loaded_after(code, "torch transformers sentence_transformers fastapi llama_index openai")
        == ""
    )


def test_every_public_name_is_there() -> None:
    for name in rag.__all__:
        assert getattr(rag, name) is not None
    assert set(rag.__all__) <= set(dir(rag))
    with pytest.raises(AttributeError, match="no attribute 'Nothing'"):
        _ = rag.Nothing


def test_every_error_is_public() -> None:
    from rag import errors

    names = {name for name, value in vars(errors).items() if isinstance(value, type)}
    assert names <= set(rag.__all__)


def test_one_version_everywhere() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert project["version"] == rag.__version__


def test_every_dependency_is_pinned_and_no_host_is_named() -> None:
    text = (ROOT / "constraints.txt").read_text()
    pins = dict(
        line.lower().split("==") for line in text.splitlines() if line and line[0] not in "#-"
    )
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    # Other LLM providers and presidio: their users choose the versions; nothing here runs them.
    unpinned = {"anthropic", "ollama", "huggingface", "pii"}
    wanted = list(project["dependencies"])
    for name, extra in project["optional-dependencies"].items():
        wanted += [] if name in unpinned else extra
    names = {re.match(r"[\w.-]+", line)[0].lower().replace("_", "-") for line in wanted}  # type: ignore[index]
    assert names <= {name.replace("_", "-") for name in pins}
    assert pins["torch"] == "2.13.0"
    assert not re.search(r"://|nvidia|cuda|index-url|find-links", text, re.IGNORECASE)
