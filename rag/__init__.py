"""Plumbline: answers from vetted sources, each sentence checked against the passage it cites.

The public face is `Engine`, `Answer`, `Citation`, `Settings` and the errors; nothing else is
public. Names load on first use, so that `import rag` alone costs next to nothing.

>>> from rag import Engine                                      # doctest: +SKIP
>>> print(Engine.open().ask("What helps with panic attacks?").text)  # doctest: +SKIP
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rag.engine import Engine
    from rag.errors import (
        BuildError,
        BuildInProgressError,
        CorpusError,
        DocumentError,
        EncoderError,
        FetchError,
        GraphImportError,
        GraphStoreError,
        IndexCorruptError,
        IndexFormatError,
        IndexUnavailableError,
        LLMError,
        MissingExtraError,
        NotFoundError,
        QuestionError,
        RagError,
        SettingsError,
        VerifierError,
    )
    from rag.model import Answer, Citation
    from rag.settings import Settings

__version__ = "0.1.0"

__all__ = [
    "Answer",
    "BuildError",
    "BuildInProgressError",
    "Citation",
    "CorpusError",
    "DocumentError",
    "EncoderError",
    "Engine",
    "FetchError",
    "GraphImportError",
    "GraphStoreError",
    "IndexCorruptError",
    "IndexFormatError",
    "IndexUnavailableError",
    "LLMError",
    "MissingExtraError",
    "NotFoundError",
    "QuestionError",
    "RagError",
    "Settings",
    "SettingsError",
    "VerifierError",
    "__version__",
]

_ELSEWHERE = {
    "Engine": "rag.engine",
    "Answer": "rag.model",
    "Citation": "rag.model",
    "Settings": "rag.settings",
}


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module 'rag' has no attribute {name!r}")
    value = getattr(import_module(_ELSEWHERE.get(name, "rag.errors")), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return __all__
