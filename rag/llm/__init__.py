"""Language models behind llama-index's `LLM`: opened, kept within limits, and left when they fail.

Nothing here judges what a model says; `rag.compose` reads it and the gate decides.
"""
