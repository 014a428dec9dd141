"""In which precision this processor should compute."""

from __future__ import annotations

import torch


def has_bfloat16() -> bool:
    """Whether the CPU computes in bfloat16. Emulated, it is fifty times slower than float32."""
    return torch.cpu._is_avx512_bf16_supported()
