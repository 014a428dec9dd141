"""The gate for those who bring none."""

from __future__ import annotations

from rag.encoders import open_encoder
from rag.settings import EncoderSettings, VerifierSettings
from rag.verify import open_gate
from rag.verify.gate import Gate


def shipped_gate() -> Gate:
    """The gate that this release ships, with the shipped encoder behind it.

    Raises:
        EncoderError, VerifierError: shipped files are missing or changed.
    """
    return open_gate(open_encoder(EncoderSettings()), VerifierSettings())
