"""Reads what an LLM wrote: any markup, any style of citation, down to sentences to be judged."""
