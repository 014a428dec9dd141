from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from rag.errors import BuildError
from rag.index.build import BuildReport, build, build_documents
from rag.index.files import sha256_file
from rag.index.store import IndexStore
from rag.index.version import IndexVersion
from rag.ingest import parse
from rag.ingest.chunking import passages
from rag.model import passage_id
from rag.settings import Settings


def hashes(settings: Settings, version_id: str) -> dict[str, str]:
    folder = IndexStore(settings.index_dir).folder(version_id)
    files = [path for path in folder.rglob("*") if path.is_file() and path.name != "manifest.json"]
    return {path.relative_to(folder).as_posix(): sha256_file(path) for path in files}


def elsewhere(settings: Settings, name: str) -> Settings:
    return settings.model_copy(update={"index_dir": settings.index_dir.with_name(name)})


def test_a_build_makes_every_passage_findable(library: Path, settings: Settings) -> None:
    report = build([library], settings)
    assert (report.sources, report.quarantined, report.activated) == (3, (), True)
    assert (report.added, report.removed, report.reused) == (report.passages, 0, 0)
    with IndexVersion.open(settings.index_dir) as version:
        assert version.id == report.version_id
        for path in library.iterdir():
            document = parse(path, settings.ingest)
            for cut in passages(document, version.encoder.count_tokens, settings.ingest):
                assert version.passage(cut.id) == cut
                vector = version.encoder.encode([cut.indexed_text])[0]
                assert version.dense(vector, 1)[0] == (cut.id, pytest.approx(1.0, abs=1e-5))
                assert version.lexical(cut.text, 1)[0][0] == cut.id
                sentences = version.sentence_vectors(cut.id)
                alone = version.encoder.encode(cut.sentence_texts())
                assert sentences.shape == alone.shape
                assert np.allclose(sentences, alone, atol=1e-3)


def test_one_changed_document_costs_one_document(
    library: Path, settings: Settings, tmp_path: Path
) -> None:
    before = build([library], settings)
    path = library / "worry.md"
    text = path.read_text().replace("after talking it over with", "once it is agreed with")
    path.write_text(text)
    again = build([library], settings)
    assert (again.added, again.removed) == (1, 1)
    assert again.reused == again.passages - 1
    assert again.version_id != before.version_id

    fresh = elsewhere(settings, "fresh")
    full = build([library], fresh)
    assert (full.reused, full.version_id) == (0, again.version_id)
    assert hashes(fresh, full.version_id) == hashes(settings, again.version_id)


def test_only_what_changed_is_encoded(library: Path, settings: Settings) -> None:
    build([library], settings)
    path = library / "worry.md"
    path.write_text(path.read_text() + "\n## Part 3\n\nBreathing slowly calms the body down.\n")
    encoder_calls: list[int] = []

    def progress(stage: str, done: int, total: int) -> None:
        if stage.startswith("Embedding"):
            encoder_calls.append(done)

    report = build([library], settings, progress=progress)
    # Per stage: the start, all that was known at once, then the one text that is new.
    assert report.reused == report.passages - 1
    with IndexVersion.open(settings.index_dir) as version:
        sentences = version.manifest.counts.sentences
    passages_ = [0, report.passages - 1, report.passages, report.passages]
    sentences_ = [0, sentences - 1, sentences, sentences]
    assert encoder_calls == passages_ + sentences_


def test_a_new_heading_is_embedded_though_the_passage_id_stays(
    library: Path, settings: Settings
) -> None:
    build([library], settings)
    path = library / "sleep.md"
    path.write_text(path.read_text().replace("## Part 2", "## When to see a doctor"))
    report = build([library], settings)
    assert (report.added, report.removed) == (0, 0)
    assert report.reused == report.passages - 1
    fresh = elsewhere(settings, "fresh")
    assert hashes(fresh, build([library], fresh).version_id) == hashes(settings, report.version_id)


def test_new_facts_about_a_source_make_a_new_version(library: Path, settings: Settings) -> None:
    before = build([library], settings)
    path = library / "sleep.md"
    path.write_text(path.read_text().replace("grade: B", "grade: B\nwithdrawn_on: 2027-01-01"))
    after = build([library], settings)
    assert after.version_id != before.version_id
    assert (after.added, after.removed, after.reused) == (0, 0, after.passages)
    with IndexVersion.open(settings.index_dir) as version:
        assert str(version.source("sleep").withdrawn_on) == "2027-01-01"


def test_order_and_place_of_the_files_do_not_matter(
    library: Path, settings: Settings, tmp_path: Path
) -> None:
    by_folder = build([library], settings).version_id
    moved = tmp_path / "moved"
    moved.mkdir()
    for number, path in enumerate(sorted(library.iterdir(), reverse=True)):
        (moved / f"{number}.md").write_bytes(path.read_bytes())
    other = elsewhere(settings, "other")
    assert build(sorted(moved.iterdir()), other).version_id == by_folder


def test_the_same_again_is_not_written_again(library: Path, settings: Settings) -> None:
    first = build([library], settings)
    folder = IndexStore(settings.index_dir).folder(first.version_id)
    manifest = (folder / "manifest.json").stat()
    again = build([library], settings)
    assert (again.created, again.version_id) == (False, first.version_id)
    assert again.reused == again.passages
    assert (folder / "manifest.json").stat().st_mtime_ns == manifest.st_mtime_ns


def test_a_full_rebuild_reuses_nothing_and_changes_nothing(
    library: Path, settings: Settings
) -> None:
    first = build([library], settings)
    before = hashes(settings, first.version_id)
    again = build([library], settings, full=True)
    assert (again.reused, again.version_id) == (0, first.version_id)
    assert hashes(settings, first.version_id) == before


def test_a_damaged_version_is_built_again(library: Path, settings: Settings) -> None:
    first = build([library], settings)
    before = hashes(settings, first.version_id)
    vectors = IndexStore(settings.index_dir).folder(first.version_id) / "vectors.faiss"
    vectors.write_bytes(bytes(vectors.stat().st_size))
    again = build([library], settings)
    # Nothing is taken over from files that do not match their manifest.
    assert (again.created, again.reused) == (True, 0)
    assert hashes(settings, first.version_id) == before


def test_without_activation_the_old_version_answers(
    library: Path, settings: Settings, write_document
) -> None:
    first = build([library], settings)
    write_document("walking", "A walk each day lifts the mood of many people a little.")
    second = build([library], settings, activate=False)
    assert not second.activated
    assert IndexStore(settings.index_dir).active() == first.version_id != second.version_id
    assert second.added == 1


def test_bad_documents_are_quarantined_and_the_rest_goes_on(
    library: Path, settings: Settings
) -> None:
    (library / "a-broken.md").write_text("---\nid: [unclosed\n---\n# Broken\n\nText here.\n")
    (library / "z-copy.md").write_bytes((library / "sleep.md").read_bytes())
    (library / "empty.md").write_text("")
    (library / "scan.pdf").write_bytes(b"%PDF-1.7 and no more")
    (library / "photo.jpg").write_bytes(b"\xff\xd8\xff")
    report = build([library, library / "missing.pdf"], settings)
    reasons = {Path(path).name: reason for path, reason in report.quarantined}
    assert set(reasons) == {
        "a-broken.md",
        "z-copy.md",
        "empty.md",
        "scan.pdf",
        "photo.jpg",
        "missing.pdf",
    }
    assert "sleep.md" in reasons["z-copy.md"]
    assert "'sleep'" in reasons["z-copy.md"]
    assert all(reasons.values())
    assert not any(reason.startswith(path) for path, reason in report.quarantined)
    assert report.sources == 3


def test_two_editions_of_one_document_are_told_apart(
    library: Path, settings: Settings, write_document
) -> None:
    write_document(
        "sleep", "An older view: rest is all that is needed.", edition="2019", name="o.md"
    )
    report = build([library], settings)
    assert (report.sources, report.quarantined) == (4, ())
    with IndexVersion.open(settings.index_dir) as version:
        (old,) = version.passage_ids("sleep@2019")
        assert version.passage(old).source_id == "sleep@2019"
        assert version.source("sleep@2019").edition == "2019"
        assert version.source("sleep").edition == "2026"
        assert len(version.passage_ids("sleep")) == 1 + len(version.passage_ids("sleep@2026"))
        question = "older view of rest and sleep"
        assert version.lexical(question, 1)[0][0] == old
        found = version.lexical(question, 20, {"sleep@2019"})
        assert {version.passage(i).source_id for i, _ in found} >= {"sleep@2026"}
        assert old not in dict(found)
        without = version.lexical(question, 20, {"sleep"})
        names = {version.passage(passage).source_id for passage, _ in without}
        assert not names & {"sleep@2019", "sleep@2026"}


def test_every_passage_can_be_checked_by_its_id(library: Path, settings: Settings) -> None:
    build([library], settings)
    with IndexVersion.open(settings.index_dir) as version:
        for source in version.sources():
            ids = version.passage_ids(source.id)
            assert ids
            for kept in version.passages(ids):
                assert kept.id == passage_id(source.id, source.edition, kept.text)


@pytest.mark.parametrize("paths", [[], ["nothing-here"], ["empty-folder"], ["bad.md"]])
def test_nothing_to_build_from_is_an_error(
    tmp_path: Path, settings: Settings, paths: list[str]
) -> None:
    (tmp_path / "empty-folder").mkdir()
    (tmp_path / "bad.md").write_text("---\nnonsense\n---\n")
    with pytest.raises(BuildError) as caught:
        build([tmp_path / path for path in paths], settings)
    for path in paths:
        assert path in str(caught.value) or path == "empty-folder"
    assert IndexStore(settings.index_dir).ids() == []


def test_parsed_documents_build_the_same_version(library: Path, settings: Settings) -> None:
    parsed = [(path.name, parse(path, settings.ingest)) for path in library.iterdir()]
    report: BuildReport = build_documents(parsed, settings)
    other = elsewhere(settings, "other")
    assert build([library], other).version_id == report.version_id


def test_progress_counts_up_to_the_total(library: Path, settings: Settings) -> None:
    seen: dict[str, list[tuple[int, int]]] = {}
    build(
        [library],
        settings,
        progress=lambda stage, done, total: seen.setdefault(stage, []).append((done, total)),
    )
    assert set(seen) == {
        "Reading documents",
        "Embedding passages",
        "Embedding sentences",
        "Indexing words",
        "Linking facts",
    }
    for steps in seen.values():
        counts = [done for done, _ in steps]
        assert counts == sorted(counts)
        assert steps[-1][0] == steps[-1][1] > 0


def test_the_manifest_says_what_was_built(library: Path, settings: Settings) -> None:
    report = build([library], settings)
    folder = IndexStore(settings.index_dir).folder(report.version_id)
    manifest = json.loads((folder / "manifest.json").read_text())
    on_disk = {p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()}
    assert set(manifest["files"]) == on_disk - {"manifest.json"}
    assert manifest["content_sha256"].startswith(manifest["id"])
    assert {source["id"] for source in manifest["sources"]} == {"sleep", "worry", "friends"}
    for source in manifest["sources"]:
        assert source["sha256"] == sha256_file(library / f"{source['id']}.md")
