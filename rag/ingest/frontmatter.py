"""The metadata of a document: YAML front matter, or a TOML side-car with the same fields."""

from __future__ import annotations

import datetime as dt
import difflib
import re
import tomllib
from pathlib import Path
from typing import Annotated, Any

import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from rag.errors import DocumentError
from rag.ingest.clean import decode, one_line
from rag.model import EvidenceGrade, SourceKind

_ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_FENCED = re.compile(
    r"\A---[ \t]*\n(?P<yaml>.*?)^(?:---|\.\.\.)[ \t]*$\n?", re.DOTALL | re.MULTILINE
)
_OPENED = re.compile(r"\A---[ \t]*\n\s*[\w-]+[ \t]*:")
_MAX_CHARS = 65_536
_MAX_DEPTH = 6  # a list of mappings of text takes four
_ID = r"[a-z0-9]+(?:-[a-z0-9]+)*"
_NULLS = ("", "~", "null")  # the ways in which YAML writes "nothing"
_AUDIENCES = "public|carer|peer-supporter|clinician|policy"


def _as_text(value: object) -> object:
    if isinstance(value, dt.date | int | float) and not isinstance(value, bool):
        return str(value)
    if value is None or value in _NULLS:
        return ""
    return one_line(value) if isinstance(value, str) else value


def _as_date(value: object) -> object:
    if value is None or value in _NULLS:
        return None
    if isinstance(value, str) and _ISO_DATE.fullmatch(value.strip()):
        return dt.date.fromisoformat(value.strip())
    if isinstance(value, dt.date) and not isinstance(value, dt.datetime):
        return value
    raise ValueError("not a date")


def _as_list(value: object) -> object:
    return () if value is None or value in _NULLS else value


_Text = Annotated[str, BeforeValidator(_as_text)]
_Date = Annotated[dt.date | None, BeforeValidator(_as_date)]
_Url = Annotated[str, BeforeValidator(_as_text), Field(pattern=r"^(?:https?://\S+)?$")]
_IdOrEdition = Annotated[str, BeforeValidator(_as_text), Field(pattern=rf"^{_ID}(?:@\S+)?$")]
_URL_HELP = "write a full address that begins with https:// or http://, or leave it empty"
_DATE_HELP = "write a date as YYYY-MM-DD, or leave it empty"


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class RestsOnField(_Strict):
    """One official document that a digest takes its facts from."""

    publisher: _Text = Field(min_length=1, description="write who publishes it")
    title: _Text = Field(min_length=1, description="write its title")
    url: _Url = Field("", description=_URL_HELP)
    edition: _Text = Field("", description="write its edition or year as text")


class FrontMatter(_Strict):
    """Every field that a document may state about itself. Descriptions say what is accepted."""

    id: Annotated[str, BeforeValidator(_as_text)] = Field(
        "",
        pattern=rf"^(?:{_ID})?$",
        description="use lower-case letters, digits and single hyphens, such as panic-disorder",
    )
    title: _Text = Field("", description="write the title as text")
    publisher: _Text = Field("", description="write who publishes this document")
    kind: SourceKind = Field(
        SourceKind.OTHER, description="use one of: " + ", ".join(kind.value for kind in SourceKind)
    )
    edition: _Text = Field("", description="write the edition as text, such as 2026-11")
    jurisdiction: _Text = Field(
        "",
        pattern=r"^(?:[A-Z]{2}|INT)?$",
        description="use a two-letter ISO 3166-1 country code such as GB, or INT",
    )
    language: _Text = Field(
        "en",
        pattern=r"^[a-z]{2,3}(?:-[A-Za-z0-9]{2,8})*$",
        description="use a language code such as en or pt-BR",
    )
    audience: _Text = Field(
        "public",
        pattern=rf"^(?:{_AUDIENCES})$",
        description="use one of: " + _AUDIENCES.replace("|", ", "),
    )
    published: _Date = Field(None, description=_DATE_HELP)
    reviewed: _Date = Field(None, description=_DATE_HELP)
    effective_from: _Date = Field(None, description=_DATE_HELP)
    withdrawn_on: _Date = Field(None, description=_DATE_HELP)
    supersedes: Annotated[tuple[_IdOrEdition, ...], BeforeValidator(_as_list)] = Field(
        (), description="write a list of ids, each optionally id@edition"
    )
    url: _Url = Field("", description=_URL_HELP)
    licence: _Text = Field("", description="write an SPDX identifier or the licence's name")
    grade: EvidenceGrade = Field(
        EvidenceGrade.D, description="use one of: " + ", ".join(g.value for g in EvidenceGrade)
    )
    review: _Text = Field(
        "not clinically reviewed",
        min_length=1,
        description="say who reviewed it, or that no one did",
    )
    rests_on: Annotated[tuple[RestsOnField, ...], BeforeValidator(_as_list)] = Field(
        (), description="write a list of documents, each with publisher, title, edition and url"
    )

    @model_validator(mode="after")
    def _in_order(self) -> FrontMatter:
        for first, second in (("published", "reviewed"), ("effective_from", "withdrawn_on")):
            before, after = getattr(self, first), getattr(self, second)
            if before and after and before > after:
                raise ValueError(
                    f"`{first}` ({before}) is later than `{second}` ({after}); "
                    f"accepted: `{first}` on or before `{second}`"
                )
        return self


def split_front_matter(text: str, path: Path) -> tuple[FrontMatter | None, str]:
    """The validated front matter of a Markdown text, or None, and the text after it.

    Raises DocumentError naming the file, the field and what is accepted.
    """
    match = _FENCED.match(text)
    if match is None:
        if _OPENED.match(text):
            raise DocumentError(f"{path}: the front matter is never closed; end it with a line ---")
        return None, text
    if not _OPENED.match(text) and match["yaml"].strip():
        return None, text  # two thematic breaks, not front matter
    if len(match["yaml"]) > _MAX_CHARS:
        raise DocumentError(f"{path}: front matter over {_MAX_CHARS} characters; shorten it")
    try:
        data = yaml.load(match["yaml"], Loader=_PlainLoader)  # noqa: S506 - stricter than safe_load
    except yaml.YAMLError as error:
        problem = getattr(error, "problem", None) or str(error)
        mark = getattr(error, "problem_mark", None)
        line = f" (line {mark.line + 2})" if mark else ""
        raise DocumentError(f"{path}: front matter is not valid YAML{line}: {problem}") from error
    return _validate(data or {}, f"{path}: front matter"), text[match.end() :]


def read_side_car(path: Path) -> FrontMatter | None:
    """The fields in `NAME.ext.toml` beside `path`, or None where there is no such file.

    Raises DocumentError naming the side-car, the field and what is accepted.
    """
    side_car = path.with_name(path.name + ".toml")
    if not side_car.is_file():
        return None
    try:
        data = tomllib.loads(decode(side_car.read_bytes(), side_car)[0])
    except OSError as error:
        raise DocumentError(f"{side_car}: cannot be read: {error.strerror}") from error
    except tomllib.TOMLDecodeError as error:
        raise DocumentError(f"{side_car}: not valid TOML: {error}") from error
    return _validate(data, str(side_car))


class _PlainLoader(yaml.BaseLoader):
    """YAML in which every scalar is text: `NO` stays Norway, and a bad date names its field.

    Aliases (they can swell a small file), deep nesting and repeated keys are refused.
    """

    depth = 0

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        if self.check_event(yaml.AliasEvent):
            raise yaml.YAMLError("aliases (*name) are not accepted; write the value out")
        self.depth += 1
        if self.depth > _MAX_DEPTH:
            raise yaml.YAMLError("values are nested too deeply")
        node = super().compose_node(parent, index)
        self.depth -= 1
        return node

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        names = [key.value for key, _ in node.value if isinstance(key, yaml.ScalarNode)]
        for name in names:
            if names.count(name) > 1:
                raise yaml.YAMLError(f"the field `{name}` appears twice; keep one")
        return super().construct_mapping(node, deep=deep)


def _validate(data: object, where: str) -> FrontMatter:
    if not isinstance(data, dict):
        raise DocumentError(f"{where}: expected `field: value` lines")
    try:
        return FrontMatter.model_validate(data)
    except ValidationError as error:
        problems = "; ".join(_problem(item) for item in error.errors(include_url=False))
        raise DocumentError(f"{where}: {problems}") from error


def _problem(error: Any) -> str:
    """One validation error as: field, what it holds, what is accepted."""
    location = error["loc"]
    if not location:
        return str(error["msg"]).removeprefix("Value error, ")
    model: type[BaseModel] = (
        RestsOnField if location[0] == "rests_on" and len(location) > 2 else (FrontMatter)
    )
    leaf = str(location[2] if model is RestsOnField else location[0])
    name = ".".join(str(part) for part in location)
    if error["type"] == "extra_forbidden":
        known = list(model.model_fields)
        close = difflib.get_close_matches(leaf, known, n=1)
        hint = f"did you mean `{close[0]}`? " if close else ""
        return f"`{name}` is not a field; {hint}accepted: {', '.join(known)}"
    accepts = model.model_fields[leaf].description
    if error["type"] == "missing":
        return f"`{name}` is missing; {accepts}"
    shown = repr(error["input"])
    return (
        f"`{name}`: {shown if len(shown) <= 80 else shown[:77] + '...'} is not accepted; {accepts}"
    )
