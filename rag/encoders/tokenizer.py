"""One tokeniser for all models that ship with the same vocabulary: a copy takes up to 10 MB."""

from __future__ import annotations

from functools import lru_cache

from tokenizers import Tokenizer

_MOST = 4


@lru_cache(maxsize=_MOST)
def open_tokenizer(content: bytes) -> Tokenizer:
    """The tokeniser that `content`, a `tokenizer.json`, describes. It neither cuts nor pads.
    Models that share it must leave it so. Threads may share it, too.

    Raises:
        Exception: `content` describes none; the library raises nothing narrower.
    """
    tokenizer = Tokenizer.from_buffer(content)
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return tokenizer
