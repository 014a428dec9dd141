"""Completes the OpenAPI document: the shape of errors, which FastAPI leaves out."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI

from rag.service.problems import FieldProblem, Problem

_REFERENCE = "#/components/schemas/{model}"


def describe(app: FastAPI) -> None:
    """Adds the Problem schema, and drops FastAPI's own validation error, which is never sent."""
    generate = app.openapi

    def complete() -> dict[str, Any]:
        document = generate()
        schemas = document["components"]["schemas"]
        for unused in ("HTTPValidationError", "ValidationError"):
            schemas.pop(unused, None)
        problem = Problem.model_json_schema(ref_template=_REFERENCE)
        schemas[FieldProblem.__name__] = problem.pop("$defs")[FieldProblem.__name__]
        schemas[Problem.__name__] = problem
        return document

    app.openapi = complete  # type: ignore[method-assign]
