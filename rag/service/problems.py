"""Errors as RFC 9457 problem documents (application/problem+json), one shape for all of them."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException

from rag.errors import (
    BuildInProgressError,
    GraphStoreError,
    IndexUnavailableError,
    NotFoundError,
    QuestionError,
    RagError,
    SettingsError,
)
from rag.jsonable import dumps
from rag.service.leaving import ClientLeftError

MEDIA_TYPE = "application/problem+json"
_CLIENT_LEFT = 499  # nginx's number for it, for whoever counts responses
_STATUS_OF = (
    (NotFoundError, HTTPStatus.NOT_FOUND),
    (BuildInProgressError, HTTPStatus.CONFLICT),
    (QuestionError, HTTPStatus.UNPROCESSABLE_ENTITY),
    (SettingsError, HTTPStatus.UNPROCESSABLE_ENTITY),
    (IndexUnavailableError, HTTPStatus.SERVICE_UNAVAILABLE),
    (GraphStoreError, HTTPStatus.SERVICE_UNAVAILABLE),
)


class FieldProblem(BaseModel):
    """One field of the request that cannot be used."""

    where: str = Field(description="Path to the field, dots between the parts.")
    message: str = Field(description="What is wrong with it.")


class Problem(BaseModel):
    """What went wrong, after RFC 9457."""

    type: str = Field("about:blank", description="The status code says all there is.")
    title: str = Field(description="The status in words.")
    status: int = Field(description="The HTTP status, again.")
    detail: str = Field(description="What happened and what you can do.")
    instance: str = Field("", description="The path that was asked for.")
    errors: list[FieldProblem] = Field(
        default_factory=list, description="The fields of the request that cannot be used."
    )


def responses(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The OpenAPI entries of a route that may answer with these error statuses.

    400 is a body that is not UTF-8, 403 a page of another site, 422 JSON that cannot be used.
    """
    common = (400, 403, 413, 422, 500, 504)
    return {
        status: {
            "description": HTTPStatus(status).phrase,
            "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
        }
        for status in sorted({*common, *statuses})
    }


def problem_response(
    status: int,
    detail: str,
    *,
    instance: str = "",
    errors: list[FieldProblem] | None = None,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """A problem document. The request's own text is never echoed."""
    problem = Problem(
        title=HTTPStatus(status).phrase,
        status=status,
        detail=detail,
        instance=instance,
        errors=errors or [],
    )
    body = dumps(problem.model_dump(exclude_defaults=False))
    return Response(body, status, headers=headers, media_type=MEDIA_TYPE)


def status_of(error: RagError) -> int:
    """The HTTP status that fits an error of the engine; 500 when it is not the caller's doing."""
    for kind, status in _STATUS_OF:
        if isinstance(error, kind):
            return status
    return HTTPStatus.INTERNAL_SERVER_ERROR


def install(app: FastAPI) -> None:
    """Makes every error that `app` answers with a problem document."""
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(RequestValidationError, _validation)
    app.add_exception_handler(RagError, _engine)
    app.add_exception_handler(ClientLeftError, _left)
    app.add_exception_handler(Exception, _unexpected)


async def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101  (Starlette's handler type is wide)
    path = request.url.path
    return problem_response(error.status_code, error.detail, instance=path, headers=error.headers)


async def _validation(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)  # noqa: S101
    fields = [
        FieldProblem(where=".".join(str(part) for part in e["loc"]), message=e["msg"])
        for e in error.errors()
    ]
    detail = "; ".join(f"{field.where}: {field.message}" for field in fields)
    return problem_response(422, detail, instance=request.url.path, errors=fields)


async def _engine(request: Request, error: Exception) -> Response:
    assert isinstance(error, RagError)  # noqa: S101
    return problem_response(status_of(error), str(error), instance=request.url.path)


async def _left(request: Request, error: Exception) -> Response:
    return Response(status_code=_CLIENT_LEFT)  # nobody reads it


async def _unexpected(request: Request, error: Exception) -> Response:
    detail = "An unexpected error; the service's log has it. Try again, or report it."
    return problem_response(500, detail, instance=request.url.path)
