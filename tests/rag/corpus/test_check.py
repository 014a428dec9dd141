"""Each rule finds what it forbids, in a document that keeps all the others."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import pytest

from rag.corpus.check import CorpusReport, check_resources
from rag.errors import CorpusError
from rag.safety.resources import load_resources

Check = Callable[..., CorpusReport]
Edit = Callable[[str, str], None]
TOPICS = "sleep food work school rest walks music friends family talking reading writing".split()
FIRST = "When sleep makes a person feel tired, a small plan about sleep can help."


def rules(report: CorpusReport) -> set[tuple[str, str]]:
    return {(finding.level.value, finding.rule) for finding in report.findings}


def test_a_sound_corpus_has_no_finding(check: Check) -> None:
    report = check()
    assert report.findings == ()
    assert report.clean
    assert (report.documents, report.reading_grade < 9) == (1, True)
    assert report.statements > 50


@pytest.mark.parametrize(
    ("old", "new", "rule"),
    [
        ("publisher: Plumbline", "publisher: Someone", "front matter"),
        ("id: low-mood", "id: other", "front matter"),
        ("grade: B", "grade: D", "front matter"),
        ("grade: B", "grade: A", "front matter"),
        ("reviewed: 2026-11-22", "reviewed:", "front matter"),
        ("licence: CC-BY-4.0", "licence: all rights reserved", "front matter"),
        ("review: not clinically reviewed", "review: Dr Nobody", "front matter"),
        ("kind: digest", "kind: novel", "front matter"),
        ("# Low mood", "# Low mood\n\n# Another title", "headings"),
        ("## How sleep", "#### How sleep", "headings"),
        ("## How sleep", "## ## How sleep", "headings"),
        ("## How sleep", "## Signs and symptoms", "sections"),
        ("## Getting urgent help", "## The end", "sections"),
        (FIRST, f"{FIRST} Call 988 at any time.", "safe messaging"),
        (FIRST, f"{FIRST} In an emergency, 999 is free.", "safe messaging"),
        (FIRST, f"{FIRST} Ring 0800 123 4567 today.", "safe messaging"),
        (FIRST, f"{FIRST} The line is +44 20 7946 0000.", "safe messaging"),
        (FIRST, f"{FIRST} Their line, 1-800-555-0100, is open.", "safe messaging"),
        (FIRST, f"{FIRST} He committed\nsuicide.", "safe messaging"),
        (FIRST, f"{FIRST} Take 50 mg at night.", "safe messaging"),
        (FIRST, f"{FIRST} Eat 1,200 calories.", "safe messaging"),
        (FIRST, f"{FIRST} This treatment is guaranteed to work.", "safe messaging"),
        (FIRST, f"{FIRST} He hanged himself.", "safe messaging"),
        (FIRST, "Then " + "and then " * 20 + "it ended.", "length"),
        ("nimh.nih.gov/health/publications/depression", "wellness.example/blog", "publisher"),
        ('edition: "2024"', 'edition: "2019"', "catalogue"),
    ],
)
def test_a_broken_rule_is_found(check: Check, edit: Edit, old: str, new: str, rule: str) -> None:
    edit(old, new)
    report = check()
    assert not report.clean
    assert ("error", rule) in rules(report)


@pytest.mark.parametrize(
    "text",
    [
        "About 280 million people, or 3.8 in every 100, had it in 2023.",
        "Between 15 and 100 people in every 100,000, aged 12 to 17, are told so.",
        "A course has 5 to 20 sessions of 30 to 60 minutes.",
        "This was reviewed in November 2026, covering 2013-2016.",
    ],
)
def test_plain_figures_are_left_alone(check: Check, edit: Edit, text: str) -> None:
    edit(FIRST, text)
    assert check().findings == ()


def test_a_document_without_front_matter_is_named(check: Check, corpus: Path) -> None:
    (corpus / "documents" / "bare.md").write_text("# Bare\n\nNothing is known of this text.\n")
    (finding,) = [f for f in check().findings if f.where == "bare"]
    assert finding.rule == "front matter"


def test_short_documents_are_found(check: Check, corpus: Path, edit: Edit) -> None:
    path = corpus / "documents" / "low-mood.md"
    head, _, rest = path.read_text().partition("## How food")
    path.write_text(head + "## Getting urgent help" + rest.partition("## Getting urgent help")[2])
    assert ("error", "length") in rules(check())


def test_old_reviews_warn_first_and_fail_later(check: Check) -> None:
    def found(days: int) -> set[str]:
        findings = check(today=dt.date(2026, 11, 22) + dt.timedelta(days=days)).findings
        return {finding.level.value for finding in findings if finding.rule == "review date"}

    assert found(365) == set()
    assert found(366) == {"warning"}
    assert found(731) == {"error"}


def test_old_crisis_lines_warn_first_and_fail_later() -> None:
    table = load_resources()
    newest = max(country.checked for country in table.countries.values())

    def levels(days: int) -> list[str]:
        day = newest + dt.timedelta(days=days)
        return [finding.level.value for finding in check_resources(table, day)]

    assert "error" in levels(3 * table.recheck_days)
    assert set(levels(table.recheck_days + 1)) & {"warning"}
    assert levels(-10_000) == []


def test_repeated_passages_are_found(check: Check, corpus: Path) -> None:
    text = (corpus / "documents" / "low-mood.md").read_text()
    (corpus / "documents" / "copy.md").write_text(text.replace("id: low-mood", "id: copy"))
    found = rules(check())
    assert ("error", "duplicate") in found
    changed = text.replace(" and ", " or ").replace("id: low-mood", "id: copy")
    (corpus / "documents" / "copy.md").write_text(changed)
    assert ("warning", "near-duplicate") in rules(check())


def test_hard_words_are_found(check: Check, edit: Edit) -> None:
    hard = "Multidisciplinary psychopharmacological interventions necessitate individualisation."
    edit(FIRST, " ".join([hard] * 30))
    report = check()
    assert ("warning", "reading age") in rules(report)
    assert ("error", "reading age") in rules(report)


def test_a_copied_sentence_is_found(check: Check, corpus: Path, tmp_path: Path) -> None:
    sources = tmp_path / "originals"
    sources.mkdir()
    (sources / "page.html").write_text(f"<p>As they say: {FIRST} And so on.</p>")
    (finding,) = check(sources=sources).findings
    assert (finding.rule, finding.where) == ("copied", "low-mood")
    assert "page.html" in finding.message
    (sources / "page.html").write_text("<p>When sleep makes a person feel tired, rest.</p>")
    assert check(sources=sources).findings == ()


def test_a_fact_that_no_sentence_states_is_found(check: Check, corpus: Path) -> None:
    head = "subject,relation,object,line,qualifier,document,heading,words,source\n"
    (corpus / "facts").mkdir()
    (corpus / "facts" / "entities.csv").write_text("kind,id,name,synonyms\nSymptom,1,x,y\n")
    (corpus / "facts" / "good.csv").write_text(
        f"{head}plans,TREATS,tiredness,,,low-mood,,small plan|Sleep,\n"
        f"plans,TREATS,tiredness,,,,,,https://www.nimh.nih.gov/x\n"
    )
    assert check().findings == ()
    (corpus / "facts" / "bad.csv").write_text(
        f"{head}plans,TREATS,psychosis,,,low-mood,,small plan|psychosis,\n"
        f"plans,TREATS,tiredness,,,nowhere,,plan,\nplans,TREATS,x,,,low-mood,,,\n"
    )
    assert [f.where for f in check().findings] == ["bad.csv:2", "bad.csv:3", "bad.csv:4"]


def test_a_folder_without_texts_is_an_error(check: Check, tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match="no source text"):
        check(sources=tmp_path / "none")


def test_tables_of_questions_fit_their_documents_and_say_nothing_unsafe(
    check: Check, corpus: Path
) -> None:
    headings = [f"How {topic} can change mood" for topic in TOPICS] + ["Getting urgent help"]
    table = corpus / "documents" / "low-mood.questions.tsv"
    table.write_text("".join(f"{heading}\twhy am i like this\n" for heading in headings))
    assert check().findings == ()
    table.write_text("".join(f"{heading}\twhy am i like this\n" for heading in headings[1:]))
    assert rules(check()) == {("warning", "questions")}
    for wrong in ("No such part\tand now\n", f"{headings[0]}\twhen he hanged himself\n"):
        table.write_text("".join(f"{heading}\tx\n" for heading in headings) + wrong)
        assert rules(check()) == {("error", "questions")}
    table.rename(table.with_name("gone.questions.tsv"))
    assert [f.where for f in check().findings] == ["gone"]
