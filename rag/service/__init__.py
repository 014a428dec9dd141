"""The REST service over the engine. `rag serve` starts it; extra: service."""
