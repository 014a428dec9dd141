"""`rag eval gate`: recorded answers through the whole engine, asked over HTTP."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from rag.errors import SettingsError
from rag.evaluation.gate import GateReport, evaluate
from rag.evaluation.matching import Released
from rag.evaluation.recorded_answers import RecordedAnswer, Span, in_groups, read_recorded
from rag.verify.gate import GateMode

DATA = Path(__file__).parent / "data" / "recorded_answers.jsonl"
PASSAGE = (
    "Alcohol close to bedtime can make sleep worse. Most sleeping pills are meant for short-term "
    "use. A sleep diary can help the doctor to see what affects your sleep."
)
OTHER = "Most panic attacks last from five minutes to half an hour."
TRUE = "Alcohol shortly before bed can make sleep worse"
FALSE = "Sertraline ends insomnia within 12 days"


def recorded(answer: str, *wrong: str, passages: tuple[str, ...] = (PASSAGE, OTHER)) -> Any:
    spans = tuple(
        Span(answer.index(text), answer.index(text) + len(text), "invented") for text in wrong
    )
    return RecordedAnswer("1", "What makes sleep worse?", passages, answer, spans)


@pytest.fixture(scope="module")
def report() -> GateReport:
    return evaluate(
        [
            recorded(f"{TRUE} [1]. {FALSE} [1].", FALSE),
            recorded(f"{TRUE}.\n\n- {FALSE}\n- Most sleeping pills are meant for short-term use.",
                     FALSE, passages=(PASSAGE,)),
            recorded(f"{TRUE} [2]. Most panic attacks last from five minutes to half an hour [1]."),
            recorded(f"{FALSE} [9]. Whales sing about insomnia for 3 days [1].", FALSE, "Whales"),
        ]
    )  # fmt: skip


def test_without_the_gate_everything_is_released(report: GateReport) -> None:
    off = report.modes["off"]
    assert (off.unsupported, off.unsupported_released) == (4, 4)
    assert (off.supported, off.supported_kept) == (5, 5)
    assert off.composed_by == {"llm": 4}


def test_with_the_gate_inventions_stay_in(report: GateReport) -> None:
    whole = report.modes["all"]
    assert (whole.unsupported, whole.unsupported_released) == (4, 0)
    assert whole.supported == 5
    assert whole.supported_kept >= 4
    assert whole.unsupported_released_interval[0] == 0.0
    assert 0.0 < whole.unsupported_released_interval[1] < 1.0
    assert whole.kinds["invented"].unsupported == 4


def test_the_certain_checks_alone_catch_the_number(report: GateReport) -> None:
    assert report.modes["deterministic"].unsupported_released == 0


def test_shares_are_shares(report: GateReport) -> None:
    assert report.answers == 4
    assert report.sentences == 9
    for mode in report.modes.values():
        assert mode.supported_kept_share == round(mode.supported_kept / mode.supported, 4)
        low, high = mode.supported_kept_interval
        assert low <= mode.supported_kept_share <= high
        assert sum(mode.statuses.values()) == 4


def test_the_same_passages_may_come_twice_and_be_hard_to_read() -> None:
    odd = ("{'name': 'Cafe Uno', 'stars': 4.5}", "", PASSAGE, PASSAGE, "[3] Passage 9 (x, grade A)")
    result = evaluate([recorded(f"{TRUE} [4].", passages=odd)], [GateMode.ALL])
    assert result.modes["all"].supported_kept == 1


@pytest.mark.parametrize("answer", ["", "   ", "I'm sorry, I can't help with that.", "[1]", "…"])
def test_answers_that_say_nothing_are_counted_and_released_never(answer: str) -> None:
    result = evaluate([recorded(answer)], [GateMode.OFF, GateMode.ALL])
    assert result.modes["all"].unsupported == 0
    assert sum(result.modes["all"].statuses.values()) == 1


def test_a_crisis_question_is_counted_as_such() -> None:
    asked = RecordedAnswer("1", "I want to end my life tonight", (PASSAGE,), f"{TRUE} [1].", ())
    result = evaluate([asked], [GateMode.ALL])
    assert result.modes["all"].statuses == {"crisis": 1}
    assert result.modes["all"].supported_kept == 0


def test_our_own_file_has_every_kind_of_error() -> None:
    answers = read_recorded(DATA)
    kinds = Counter(kind for a in answers for kind in {span.kind for span in a.spans})
    assert len(answers) >= 60
    assert len({a.id for a in answers}) == len(answers)
    assert set(kinds) == {
        "invented_fact", "wrong_number", "dropped_negation", "wrong_passage",
        "overclaimed_certainty", "invented_citation", "invented_helpline", "wrong_subject",
    }  # fmt: skip
    assert min(kinds.values()) >= 8
    assert sum(not a.spans for a in answers) >= 15


@pytest.mark.parametrize(
    ("stem", "without", "more"),
    [
        ("recorded_answers_2", set(), set()),
        ("recorded_answers_3", {"invented_helpline"}, set()),
        ("recorded_answers_4", {"wrong_passage"}, {"conflict", "relation_reversed"}),
        ("recorded_answers_5", {"wrong_passage"}, {"conflict", "relation_reversed"}),
    ],
)
def test_our_other_files_have_other_answers_of_every_kind(
    stem: str, without: set[str], more: set[str]
) -> None:
    answers, first = read_recorded(DATA.with_stem(stem)), read_recorded(DATA)
    kinds = {span.kind for answer in answers for span in answer.spans}
    assert len(answers) >= 30
    assert kinds == {span.kind for answer in first for span in answer.spans} - without | more
    assert not {a.passages for a in answers} & {a.passages for a in first}
    assert not {a.id for a in answers} & {a.id for a in first}


def test_a_sentence_is_unsupported_where_a_span_reaches_into_it() -> None:
    answer = recorded(f"{TRUE} [1]. Tea helps. Rest helps.", "[1]. Tea")
    assert [bool(s.kinds) for s in answer.sentences()] == [True, True, False]
    beside = recorded("Tea helps. Rest helps.", ". ")
    assert not any(s.kinds for s in beside.sentences())


GOOD: dict[str, Any] = {
    "id": "a", "question": "Why?", "passages": [PASSAGE], "answer": TRUE, "spans": [],
}  # fmt: skip


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        (b"not json", "not JSON"),
        (b"\xff\xfe", "not UTF-8"),
        (b"[1]", "not a JSON object"),
        (b"[" * 100_000, "not JSON"),
        ({"answer": None}, '"answer" must be a text'),
        ({"question": "  "}, '"question" is empty'),
        ({"passages": []}, "needs at least one passage"),
        ({"passages": ["", " ."]}, "needs at least one passage"),
        ({"passages": "text"}, "must be a list of texts"),
        ({"id": None}, '"id" must be'),
        ({"spans": None}, '"spans" must be a list'),
        ({"spans": [3]}, "must be an object"),
        ({"spans": [{"start": 0, "end": 999, "kind": "x"}]}, "not inside the answer"),
        ({"spans": [{"start": 5, "end": 5, "kind": "x"}]}, "not inside the answer"),
        ({"spans": [{"start": "0", "end": 4, "kind": "x"}]}, "whole numbers"),
        ({"spans": [{"start": 0, "end": 4, "kind": 7}]}, '"kind" of a span'),
    ],
)
def test_a_bad_line_is_named(tmp_path: Path, line: bytes | dict[str, Any], problem: str) -> None:
    bad = line if isinstance(line, bytes) else json.dumps({**GOOD, **line}).encode()
    path = tmp_path / "answers.jsonl"
    path.write_bytes(json.dumps(GOOD).encode() + b"\n\n" + bad + b"\n")
    with pytest.raises(SettingsError, match=f"line 3: .*{problem}"):
        read_recorded(path)


def test_an_empty_or_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="No such file"):
        read_recorded(tmp_path / "none.jsonl")
    (tmp_path / "empty.jsonl").write_text("\n\n")
    with pytest.raises(SettingsError, match="no answer in it"):
        read_recorded(tmp_path / "empty.jsonl")


def test_neighbours_with_the_same_passages_stay_together() -> None:
    one, two = recorded("a"), recorded("b", passages=(OTHER,))
    assert in_groups([one, one, one, two, two, one], 2) == ((one, one, one), (two, two), (one,))


@pytest.mark.parametrize(
    ("said", "sentence", "there"),
    [
        (["Rest helps a lot.", "So does tea."], "So does tea", True),
        (["Signs include: tiredness; low mood"], "low mood", True),
        (["X may help."], "X will help.", False),
        (["Rest helps", "a lot with sleep."], "Rest helps a lot with sleep.", True),
        (["Tea helps many people to sleep."], "According to, tea helps many people to sleep.",
         True),
        (["About 2.7% of adults had panic disorder."], "About 27% of adults had panic disorder.",
         False),
        (["Tea is good."], "Tea is not good.", False),
        (["Tea is good."], "Tea is good, as is a bath.", False),
        ([], "Tea", False),
    ],
)  # fmt: skip
def test_released_sentences_are_known_by_their_words(
    said: list[str], sentence: str, there: bool
) -> None:
    assert Released(said, by_llm=True).holds(sentence) is there


def test_the_passages_own_words_are_not_the_models() -> None:
    said, recorded_one = (
        ["Tea helps many people to sleep."],
        "Oddly, tea helps many people to sleep.",
    )
    assert Released(said, by_llm=True).holds(recorded_one)
    assert not Released(said, by_llm=False).holds(recorded_one)
    assert Released(said, by_llm=False).holds(said[0])


def test_the_command_prints_and_writes_its_report(tmp_path: Path) -> None:
    source, target = tmp_path / "in.jsonl", tmp_path / "out.json"
    source.write_text(json.dumps({**GOOD, "answer": f"{TRUE} [1]."}) + "\n")
    command = [sys.executable, "-m", "rag.cli.main", "eval", "gate", "--mode", "all",
               "--input", str(source), "--report", str(target), "--json"]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    written = json.loads(target.read_text())
    assert json.loads(done.stdout) == written
    assert written["modes"]["all"]["supported_kept"] == 1
    assert set(written["modes"]) == {"all"}


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--mode", "some"], "The modes are: off, deterministic, model, all"),
        (["--report", "/no/such/folder/out.json"], "--report"),
    ],
)
def test_wrong_options_end_with_one_line(tmp_path: Path, options: list[str], message: str) -> None:
    source = tmp_path / "in.jsonl"
    source.write_text(json.dumps(GOOD) + "\n")
    command = [sys.executable, "-m", "rag.cli.main", "eval", "gate", "--input", str(source)]
    done = subprocess.run([*command, *options], capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert message in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
