from __future__ import annotations

import pytest

from rag.encoders import DEFAULT_FOLDER
from rag.encoders.onnx import OnnxEncoder

TEXTS = (
    "What helps with panic attacks?",
    "",
    "Sleep came late and left early.",
    "The appointment is on Tuesday at half past nine; bring the blue form and, if you like, "
    "somebody you trust. " * 20,
    "naïve café, ångström, Ελληνικά, 日本語, 🙂👩‍👩‍👧, \u202eright to left\u202c",
    "unpaired \ud800 surrogate",
    "\x00\x01 control \x7f",
    "x" * 5000,
    "?",
)


@pytest.fixture(scope="session")
def encoder() -> OnnxEncoder:
    return OnnxEncoder(DEFAULT_FOLDER, threads=2)


@pytest.fixture(scope="session")
def texts() -> tuple[str, ...]:
    return TEXTS
