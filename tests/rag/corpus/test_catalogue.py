from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path

import pytest

import corpora
from rag.corpus.catalogue import UNKNOWN_LICENCE, read_catalogue, to_toml, updated
from rag.corpus.check import CorpusReport
from rag.corpus.documents import load
from rag.corpus.publishers import is_official, read_publishers
from rag.errors import CorpusError


def test_the_shipped_catalogue_says_what_each_document_is() -> None:
    catalogue = read_catalogue(corpora.catalogue_file())
    assert len(catalogue.entries) >= 120
    for entry in catalogue.entries:
        assert entry.url.startswith("https://")
        assert entry.title
        assert entry.publisher
        assert entry.language
        assert entry.jurisdiction
        assert entry.documents
        assert catalogue.licences[entry.licence].permits
    assert len({entry.url for entry in catalogue.entries}) == len(catalogue.entries)


def test_only_clear_licences_are_fetched() -> None:
    catalogue = read_catalogue(corpora.catalogue_file())
    fetched = {entry.url for entry in catalogue.fetchable()}
    assert any("nimh.nih.gov" in url for url in fetched)
    assert not any("nice.org.uk" in url or "doi.org" in url for url in fetched)
    assert not catalogue.licences[UNKNOWN_LICENCE].fetch


@pytest.mark.parametrize(
    ("url", "licence"),
    [
        ("https://medlineplus.gov/anxiety.html", "us-public-domain"),
        ("https://medlineplus.gov/druginfo/meds/a697048.html", "copyright"),
        ("https://www.ptsd.va.gov/understand/", "us-public-domain"),
        ("https://dailymed.nlm.nih.gov/dailymed/x", "check-before-reuse"),
        ("https://www.gov.uk/drug-safety-update/x", "ogl-uk-3"),
        ("https://www.nice.org.uk/guidance/ng222", "check-before-reuse"),
        ("https://evil-nimh.nih.gov.example/", "check-before-reuse"),
        ("https://notcdc.gov/", "check-before-reuse"),
    ],
)
def test_the_longest_address_gives_the_licence(url: str, licence: str) -> None:
    assert read_catalogue(corpora.catalogue_file()).site_of(url).licence == licence


def test_an_update_keeps_what_a_person_changed(corpus: Path) -> None:
    path = corpus / "catalogue.toml"
    catalogue = read_catalogue(path)
    (entry,) = catalogue.entries
    changed = dataclasses.replace(entry, licence="copyright", jurisdiction="GB", title="Stale")
    path.write_text(to_toml(dataclasses.replace(catalogue, entries=(changed,))))
    documents, _ = load(corpus / "documents")
    (after,) = updated(read_catalogue(path), documents).entries
    assert (after.licence, after.jurisdiction) == ("copyright", "GB")
    assert after.title == "Depression"
    assert after.documents == ("low-mood",)


def test_writing_and_reading_gives_the_same(corpus: Path) -> None:
    catalogue = read_catalogue(corpus / "catalogue.toml")
    (entry,) = catalogue.entries
    odd = dataclasses.replace(entry, title='Quotes " and \\ and é\n', documents=("a", "b"))
    catalogue = dataclasses.replace(catalogue, entries=(odd,))
    (corpus / "catalogue.toml").write_text(to_toml(catalogue), encoding="utf-8")
    assert read_catalogue(corpus / "catalogue.toml") == catalogue


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("[[document]\n", "cannot be read"),
        ('[site."a.org"]\nlicence = "none"\njurisdiction = "US"\n', "no licence 'none'"),
        ('[licence.x]\nname = "X"\n', "`permits`"),
        ('[site."a.org"]\nlicence = "x"\njurisdiction = "US"\nmore = 1\n', "more"),
    ],
)
def test_a_broken_catalogue_is_named(tmp_path: Path, text: str, named: str) -> None:
    path = tmp_path / "catalogue.toml"
    path.write_text(text)
    with pytest.raises(CorpusError, match=named):
        read_catalogue(path)


def test_a_missing_and_an_unused_entry_are_found(
    check: Callable[..., CorpusReport], corpus: Path
) -> None:
    path = corpus / "catalogue.toml"
    catalogue = read_catalogue(path)
    (entry,) = catalogue.entries
    other = dataclasses.replace(entry, url="https://www.nimh.nih.gov/another")
    path.write_text(to_toml(dataclasses.replace(catalogue, entries=(other,))))
    messages = [f.message for f in check().findings if f.rule == "catalogue"]
    assert len(messages) == 2
    assert all("--update" in message for message in messages)


@pytest.mark.parametrize(
    ("publisher", "url"),
    [
        ("A Wellness Company", "https://wellness.example/sleep"),
        ("A Newspaper, quoting the NHS", "https://www.nhs.uk/conditions/"),
        ("National Health Service (England)", "https://sharing.example/a-copy-of-nhs.uk"),
        ("National Health Service (England)", "https://notnhs.uk/conditions/"),
    ],
)
def test_the_list_of_publishers_refuses_others(publisher: str, url: str) -> None:
    publishers = read_publishers(corpora.publishers_file())
    assert is_official(publishers, "National Health Service (England)", "https://www.nhs.uk/x")
    assert not is_official(publishers, publisher, url)


@pytest.mark.parametrize("text", ["B | b.org\nA | a.org\n", "A, a.org\n", "A | a.org\nA | b.org\n"])
def test_a_list_out_of_form_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "publishers.txt"
    path.write_text(text)
    with pytest.raises(CorpusError):
        read_publishers(path)
