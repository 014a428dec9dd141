from __future__ import annotations

import io
import tarfile
from pathlib import Path

import pytest

from rag.errors import DocumentError
from rag.evaluation import medquad

REAL = Path(__file__).resolve().parents[4] / "shared/data/sources/medquad"
DOCUMENT = """<?xml version="1.0" encoding="UTF-8"?>
<Document id="{id}" source="Test"><Focus>{topic}</Focus><QAPairs>
<QAPair pid="1"><Question qid="{id}-1" qtype="information">What is {topic} ?</Question>
<Answer>It is
   a thing &amp; more.</Answer></QAPair>
<QAPair pid="2"><Question qid="{id}-2" qtype="causes">What causes {topic} ?</Question>
<Answer/></QAPair>
</QAPairs></Document>"""


def archive(folder: Path, documents: dict[str, str]) -> Path:
    with tarfile.open(folder / "qa.tar.gz", "w:gz") as tar:
        for name, text in documents.items():
            data = text.encode()
            member = tarfile.TarInfo(name)
            member.size = len(data)
            tar.addfile(member, io.BytesIO(data))
    return folder


def test_only_answered_pairs_are_read_with_their_space_folded(tmp_path: Path) -> None:
    archive(tmp_path, {"1/a.xml": DOCUMENT.format(id="a", topic="Low mood"), "readme.txt": "no"})
    (pair,) = medquad.read(tmp_path)
    assert pair == medquad.Pair("1/a#1", "Low mood", "What is Low mood ?", "It is a thing & more.")


def test_a_folder_without_the_data_is_named(tmp_path: Path) -> None:
    with pytest.raises(DocumentError, match=str(tmp_path)):
        medquad.read(tmp_path)


@pytest.mark.parametrize("content", [b"", b"not a tar file", b"\x1f\x8b\x08\x00junk"])
def test_a_broken_archive_is_one_clear_error(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "x.tar.gz").write_bytes(content)
    with pytest.raises(DocumentError, match="Fetch it again"):
        medquad.read(tmp_path)


def test_broken_xml_is_one_clear_error(tmp_path: Path) -> None:
    with pytest.raises(DocumentError, match="Fetch it again"):
        medquad.read(archive(tmp_path, {"a.xml": "<Document>"}))


def test_no_topic_is_in_both_halves() -> None:
    pairs = [
        medquad.Pair(f"{n}-{m}", f"Topic {n}" if m else f"TOPIC {n}", "q", "a")
        for n in range(101)
        for m in range(3)
    ]
    tuning, reporting = medquad.halves(pairs, seed=1)
    assert sorted(tuning + reporting, key=pairs.index) == pairs
    assert {p.topic.lower() for p in tuning}.isdisjoint(p.topic.lower() for p in reporting)
    assert len({p.topic.lower() for p in tuning}) == 50
    assert medquad.halves(pairs, seed=1) == (tuning, reporting)
    assert medquad.halves(pairs, seed=2) != (tuning, reporting)


@pytest.mark.skipif(not REAL.is_dir(), reason="needs ../shared/data/sources/medquad")
def test_the_real_data_set_is_whole() -> None:
    pairs = medquad.read(REAL)
    assert len(pairs) == 16_407
    assert len({pair.id for pair in pairs}) == 16_407
    assert all(pair.question and pair.answer for pair in pairs)
