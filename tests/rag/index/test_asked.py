"""Questions written down beside a document lead to its sections, and are never shown."""

from __future__ import annotations

from pathlib import Path

import pytest

from rag.engine import Engine
from rag.index.build import build, build_documents
from rag.index.version import IndexVersion
from rag.ingest import parse
from rag.jsonable import dumps
from rag.retrieval.hybrid import HybridRetriever
from rag.settings import Settings
from tests.rag.index.conftest import WriteDocument

STORY = "the kids next door moved and mine just stares at the wall, whom do i tell"
ASKED = "my boy's playmates went to live elsewhere and he only stares, who should i tell"


@pytest.fixture
def asked(library: Path) -> Path:
    """A question of the second section of "sleep", which shares no telling word with it."""
    path = library / "sleep.questions.tsv"
    path.write_text(f"Part 2\t{ASKED}\n\nPart 1\thow do i nod off\n", encoding="utf-8")
    return path


def first(settings: Settings, question: str, **options: object) -> tuple[str, str]:
    with IndexVersion.open(settings.index_dir) as version:
        found = HybridRetriever(version, settings).retrieve(question, top_k=1, **options)
        passage = found.evidence[0].passage
        return passage.source_id, passage.heading[-1]


def test_a_story_in_other_words_leads_to_the_section_that_answers_it(
    library: Path, settings: Settings, request: pytest.FixtureRequest
) -> None:
    build([library], settings)
    assert first(settings, STORY) != ("sleep", "Part 2")
    request.getfixturevalue("asked")
    build([library], settings)
    assert first(settings, STORY) == ("sleep", "Part 2")
    assert first(settings, STORY, arms=["dense"]) == ("sleep", "Part 2")
    assert first(settings, "playmates elsewhere", arms=["lexical"]) == ("sleep", "Part 2")


def test_what_is_searched_is_not_shown(library: Path, settings: Settings, asked: Path) -> None:
    build([library], settings)
    with Engine.open(settings) as engine:
        answer = engine.ask("Which doctor helps when poor sleep lasts for weeks?")
    assert answer.citations
    assert "playmates" not in dumps(answer)


def test_a_changed_question_makes_another_version_the_same_as_from_nothing(
    library: Path, settings: Settings, tmp_path: Path, asked: Path
) -> None:
    before = build([library], settings)
    asked.write_text(asked.read_text() + "Part 2\tmy lad has gone quiet since he lost his mates\n")
    after = build([library], settings)
    assert after.version_id != before.version_id
    assert after.reused == after.passages
    fresh = settings.model_copy(update={"index_dir": tmp_path / "fresh"})
    assert build([library], fresh).version_id == after.version_id


def test_questions_of_sources_that_are_out_lead_nowhere(
    library: Path, settings: Settings, asked: Path
) -> None:
    build([library], settings)
    with IndexVersion.open(settings.index_dir) as version:
        vector = version.encoder.encode([ASKED])[0]
        inside = version.dense(vector, 1)[0][0]
        assert version.passage(inside).source_id == "sleep"
        found = [version.passage(i).source_id for i, _ in version.dense(vector, 9, {"sleep"})]
    assert set(found) == {"worry", "friends"}


def test_a_question_may_say_which_sentences_answer_it(
    library: Path, settings: Settings, asked: Path
) -> None:
    asked.write_text(f"Part 2\t{ASKED}\tKeeping a sleep | Talk to a doctor\nPart 2\twho can help\n")
    build([library], settings)
    with IndexVersion.open(settings.index_dir) as version:
        found = [version.passage(i) for i in version.passage_ids("sleep")]
        (passage,) = [each for each in found if each.asked]
        assert [(each.text, each.answered_by) for each in passage.asked] == [
            (ASKED, (1, 0)), ("who can help", ()),
        ]  # fmt: skip
        vectors = version.asked_vectors(passage.id)
        assert vectors.tolist() == version.encoder.encode([ASKED, "who can help"]).tolist()
        bare = next(each for each in found if not each.asked)
        assert version.asked_vectors(bare.id).shape == (0, version.encoder.dimensions)
    asked.write_text(f"Part 2\t{ASKED}\tTalk to a doctor\nPart 2\twho can help\n")
    assert build([library], settings).version_id != version.id


def test_a_question_leads_to_the_passage_that_answers_it_alone(
    library: Path, settings: Settings, write_document: WriteDocument
) -> None:
    """A long section is cut in passages; what says of no sentence goes to all of them."""
    told = [f"Owl number {n} sleeps in the old barn by day and hunts at night." for n in range(40)]
    write_document("owls", " ".join(told))
    table = "Part 1\twhere is the last owl\tOwl number 39\nPart 1\twhat do owls do\n"
    (library / "owls.questions.tsv").write_text(table)
    build([library], settings)
    with IndexVersion.open(settings.index_dir) as version:
        found = [version.passage(i) for i in version.passage_ids("owls")]
    assert len(found) > 1
    for passage in found:
        last = [n for n, text in enumerate(passage.sentence_texts()) if "number 39" in text]
        expected = [("where is the last owl", tuple(last))] if last else []
        assert [(each.text, each.answered_by) for each in passage.asked] == [
            *expected, ("what do owls do", ()),
        ]  # fmt: skip


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("Part 1\twhat is this\tNobody says\n", "no sentence begins with 'Nobody says'"),
        ("Part 1\twhat is this\tA short | X\n", "no sentence begins with 'X'"),
        ("Part 2\tis this so\t | \tmore\n", ":1: a line is a heading"),
        ("Part 2\twhat\tTalk to a\tTalk to a\n", ":1: a line is a heading"),
        ("Part 9\twhat is this\n", "no section with text is called 'part 9'"),
        ("Part 1 what is this\n", ":1: a line is a heading, a tab and a question"),
        ("Part 1\t \n", ":1: a line is a heading, a tab and a question"),
        (b"Part 1\t\xff\xfe\n", "cannot be read as UTF-8"),
        ("Part 1\tabc\n" * 120_000, "of 1 MiB at most"),
    ],
)
def test_a_table_that_is_wrong_keeps_its_document_out_and_says_why(
    library: Path, settings: Settings, content: str | bytes, reason: str
) -> None:
    data = content if isinstance(content, bytes) else content.encode()
    (library / "sleep.questions.tsv").write_bytes(data)
    report = build([library], settings)
    ((path, said),) = report.quarantined
    assert path.endswith("sleep.md")
    assert reason in said
    assert report.sources == 2


def test_what_a_program_gives_is_not_looked_for_on_the_disk(
    library: Path, settings: Settings, asked: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(library)
    documents = [parse(path, settings.ingest) for path in sorted(library.glob("*.md"))]
    names = ["", "sleep.md", "worry.md"]
    report = build_documents(zip(names, documents, strict=True), settings)
    assert (report.sources, report.quarantined) == (3, ())
    assert first(settings, STORY) != ("sleep", "Part 2")


def test_a_table_from_outside_the_folder_is_not_read(
    library: Path, settings: Settings, tmp_path: Path
) -> None:
    outside = tmp_path / "outside.tsv"
    outside.write_text(f"Part 2\t{ASKED}\n")
    (library / "sleep.questions.tsv").symlink_to(outside)
    report = build([library], settings)
    assert any(path.endswith("sleep.md") for path, _ in report.quarantined)
    assert report.sources == 2
