from __future__ import annotations

from importlib.util import find_spec

import pytest

from rag.errors import MissingExtraError
from rag.llm.opening import is_local, open_llm
from rag.llm.redaction import open_finder
from rag.settings import LLMSettings


@pytest.mark.parametrize(
    ("url", "local"),
    [
        ("http://127.0.0.1:8080/v1", True),
        ("http://localhost/v1", True),
        ("http://[::1]:8080/v1", True),
        ("http://10.0.0.1/v1", False),
        ("https://api.example.org/v1", False),
        ("http://127.0.0.1.example.org/v1", False),
        ("http://localhost@example.org/v1", False),
    ],
)
def test_only_a_loopback_address_stays_on_this_machine(url: str, local: bool) -> None:
    settings = LLMSettings(provider="openai-like", model="m", base_url=url)
    assert is_local(open_llm(settings), url) is local
    assert is_local(open_llm(settings)) is local


def test_the_limits_reach_the_llm() -> None:
    settings = LLMSettings(
        provider="openai-like", model="m", base_url="http://127.0.0.1:1/v1", max_output_tokens=77
    )
    llm = open_llm(settings)
    assert (llm.metadata.num_output, llm.metadata.model_name) == (77, "m")


@pytest.mark.skipif(find_spec("presidio_analyzer") is not None, reason="presidio is installed")
def test_presidio_is_an_extra() -> None:
    with pytest.raises(MissingExtraError, match=r"plumbline\[pii\]"):
        open_finder("presidio")
