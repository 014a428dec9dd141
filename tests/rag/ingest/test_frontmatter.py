from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import pytest

from rag.errors import DocumentError
from rag.model import Document, EvidenceGrade, RestsOn, SourceKind

Read = Callable[..., Document]

BODY = "# Low mood\n\nMany people feel low at some time in their life.\n"
FULL = """---
id: low-mood
title: Low mood
publisher: Example House
kind: digest
edition: 2026-11
jurisdiction: NO
language: en
audience: carer
published: 2026-01-02
reviewed: 2026-03-04
effective_from: 2026-01-02
withdrawn_on:
supersedes: [low-mood@2024]
url: https://example.org/low-mood
licence: CC-BY-4.0
grade: B
review: not clinically reviewed
rests_on:
  - publisher: Example Institute
    title: Mood
    edition: 2024
    url: https://example.org/mood
---
"""


def test_every_field_reaches_the_source(read_text: Read) -> None:
    source = read_text(FULL + BODY).source

    assert (source.id, source.title, source.publisher) == ("low-mood", "Low mood", "Example House")
    assert source.kind is SourceKind.DIGEST
    assert source.grade is EvidenceGrade.B
    assert source.edition == "2026-11"
    assert source.jurisdiction == "NO"  # not the boolean that YAML 1.1 makes of it
    assert source.audience == "carer"
    assert (source.published, source.reviewed) == (dt.date(2026, 1, 2), dt.date(2026, 3, 4))
    assert source.withdrawn_on is None
    assert source.supersedes == ("low-mood@2024",)
    assert source.rests_on == (
        RestsOn("Example Institute", "Mood", "https://example.org/mood", "2024"),
    )


@pytest.mark.parametrize(
    ("line", "field", "accepted"),
    [
        ("id: Low Mood", "`id`", "lower-case letters"),
        ("id: low--mood", "`id`", "single hyphens"),
        ("grade: E", "`grade`", "A, B, C, D"),
        ("kind: leaflet", "`kind`", "fact_sheet"),
        ("audience: everyone", "`audience`", "peer-supporter"),
        ("jurisdiction: England", "`jurisdiction`", "INT"),
        ("published: 2026-13-01", "`published`", "YYYY-MM-DD"),
        ("reviewed: last year", "`reviewed`", "YYYY-MM-DD"),
        ("url: example.org", "`url`", "https://"),
        ("language: English", "`language`", "en"),
        ("supersedes: low-mood", "`supersedes`", "list of ids"),
        ("supersedes: [Low Mood]", "`supersedes.0`", "list of ids"),
        ("titel: Low mood", "`titel`", "did you mean `title`?"),
        ("rests_on: [{title: Mood}]", "`rests_on.0.publisher`", "missing"),
        ("rests_on: [{publisher: A, title: B, year: 3}]", "`rests_on.0.year`", "edition"),
        ("published: 2026-02-01\nreviewed: 2026-01-01", "`published`", "on or before `reviewed`"),
        (
            "effective_from: 2026-02-01\nwithdrawn_on: 2026-01-01",
            "`effective_from`",
            "on or before `withdrawn_on`",
        ),
    ],
)
def test_an_error_names_file_field_and_what_is_accepted(
    read_text: Read, line: str, field: str, accepted: str
) -> None:
    with pytest.raises(DocumentError) as caught:
        read_text(f"---\n{line}\n---\n{BODY}", name="broken.md")

    message = str(caught.value)
    assert "broken.md" in message
    assert field in message
    assert accepted in message


@pytest.mark.parametrize(
    ("yaml", "what"),
    [
        ("id: low-mood", "never closed"),
        ("id: a\nid: b\n---\n", "`id` appears twice"),
        ("title: [\n---\n", "not valid YAML"),
        ("title: &t [x]\nreview: *t\n---\n", "aliases"),
        ("title: " + "[" * 3000 + "\n---\n", "nested too deeply"),
        ("title: " + "x" * 70_000 + "\n---\n", "65536 characters"),
    ],
)
def test_broken_yaml_is_refused(read_text: Read, yaml: str, what: str) -> None:
    with pytest.raises(DocumentError, match=what):
        read_text(f"---\n{yaml}{BODY}")


def test_yaml_tags_build_nothing(read_text: Read, tmp_path: Path) -> None:
    touched = tmp_path / "touched"
    with pytest.raises(DocumentError):
        read_text(f'---\nid: !!python/object/apply:os.system ["touch {touched}"]\n---\n{BODY}')
    assert not touched.exists()


def test_several_problems_come_in_one_error(read_text: Read) -> None:
    with pytest.raises(DocumentError, match=r"`id`.*`grade`"):
        read_text(f"---\nid: X\ngrade: Z\n---\n{BODY}")


def test_a_thematic_break_is_not_front_matter(read_text: Read) -> None:
    document = read_text(f"---\nJust a line between two rules.\n\n---\n\n{BODY}")
    assert document.source.title == "Low mood"


def test_a_side_car_gives_the_same_fields(read_text: Read, tmp_path: Path) -> None:
    (tmp_path / "leaflet.txt.toml").write_text(
        'id = "leaflet"\ntitle = "A leaflet"\ngrade = "C"\nreviewed = 2025-06-07\n'
        '[[rests_on]]\npublisher = "P"\ntitle = "T"\n'
    )
    source = read_text("Sleep helps mood more than people think.", name="leaflet.txt").source

    assert (source.id, source.title, source.grade) == ("leaflet", "A leaflet", EvidenceGrade.C)
    assert source.reviewed == dt.date(2025, 6, 7)
    assert source.rests_on == (RestsOn("P", "T", ""),)


@pytest.mark.parametrize(
    ("toml", "what"), [("grade = 'Z'", "`grade`"), ("grade = ", "not valid TOML")]
)
def test_a_broken_side_car_is_named(read_text: Read, tmp_path: Path, toml: str, what: str) -> None:
    (tmp_path / "leaflet.txt.toml").write_text(toml)
    with pytest.raises(DocumentError, match=rf"leaflet\.txt\.toml.*{what}"):
        read_text("Sleep helps mood more than people think.", name="leaflet.txt")


def test_two_sets_of_metadata_are_refused(read_text: Read, tmp_path: Path) -> None:
    (tmp_path / "page.md.toml").write_text('id = "other"\n')
    with pytest.raises(DocumentError, match="Keep one of them"):
        read_text(FULL + BODY)
