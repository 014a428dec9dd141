from __future__ import annotations

import datetime as dt
import re
import shutil
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from rag.model import Status
from rag.safety.crisis import crisis_answer
from rag.safety.output import blocked
from rag.safety.resources import CRISIS_FOLDER, load_resources
from rag.safety.ruleset import CATEGORIES
from rag.safety.triage import Triage

TODAY = dt.date(2026, 11, 22)


def answer(
    category: str, *, imminent: bool = False, country: str | None = "GB", minor: bool = False
):
    triage = Triage(True, category, ("x",), imminent, (), minor)
    return crisis_answer(triage, "q", country=country, today=TODAY)


@pytest.mark.parametrize("category", CATEGORIES)
@pytest.mark.parametrize("imminent", [True, False])
def test_every_category_is_answered(category: str, imminent: bool) -> None:
    given = answer(category, imminent=imminent)
    assert given.status is Status.CRISIS
    assert "999" in given.text
    assert given.resources
    assert "I am an AI, not a person" in given.text
    assert "{" not in given.text
    assert len(given.text.split()) < 320
    assert not re.search(
        r"commit\w* suicide|promise me|you must|attention-seeking|weak-willed|selfish", given.text
    )


@pytest.mark.parametrize("category", CATEGORIES)
def test_templates_keep_the_output_rules(category: str) -> None:
    text = answer(category).text
    assert [r for r in blocked(text) if "claim to be a person" not in r] == []


def test_a_reaction_to_a_named_medicine_is_told_what_holds_for_it() -> None:
    question = "I take Priadel and have been sick for two days"
    reaction = Triage(True, "medication_reaction", ("x",))
    text = crisis_answer(reaction, question, country="GB", today=TODAY).text
    assert "With lithium: being sick, diarrhoea" in text
    assert "clozapine" not in text
    assert (
        text.index("999")
        < text.index("With lithium")
        < text.index("Find A" if "Find A" in text else "You can talk")
    )
    other = crisis_answer(Triage(True, "suicide", ("x",)), question, country="GB", today=TODAY).text
    assert "With lithium" not in other


def test_numbers_come_from_the_table_only() -> None:
    known = load_resources().numbers()
    for code in load_resources().countries:
        for category in CATEGORIES:
            given = answer(category, country=code, imminent=True)
            text = given.text
            for resource in given.resources:
                text = text.replace(resource.name, "")
            text = re.sub(r"https?://\S+", "", text)
            for number in re.findall(r"\+?\d[\d -]{1,}\d", text):
                digits = re.sub(r"\D", "", number)
                assert digits in known or digits in {"247", "24"}, (code, number)


def test_poisoning_leads_with_the_emergency_number() -> None:
    assert answer("overdose", imminent=True, country="US").text.startswith("Call 911 now")


def test_abuse_never_says_confront_and_reminds_of_the_device() -> None:
    text = answer("abuse").text.lower()
    assert "confront" not in text
    assert "device" in text


def test_minors_get_child_lines_first() -> None:
    assert answer("self_harm", minor=True).resources[0].name == "Childline"


@pytest.mark.parametrize(
    ("category", "advice"),
    [
        ("psychosis", "their doctor or care team"),
        ("mania", "their doctor or care team"),
        ("eating_disorder", "offer to come along to a doctor"),
    ],
)
def test_who_writes_of_somebody_else_is_told_what_to_do(category: str, advice: str) -> None:
    """In every answer: nobody can tell by the words who is ill ("my wife is an actress")."""
    text = answer(category).text
    assert "If it is somebody close to you" in text
    assert advice in text


def test_danger_around_a_birth_names_other_lines_before_those_for_minors() -> None:
    """A baby in danger reads as a child in danger; who writes is mostly its mother."""
    names = [line.name for line in answer("perinatal", minor=True).resources]
    assert names[0] != "Childline"
    assert "Childline" in names


def test_special_lines_come_first() -> None:
    assert answer("abuse", country="US").resources[0].name == "National Domestic Violence Hotline"
    assert answer("overdose", country="AU").resources[0].name == "Poisons Information Centre"


@pytest.mark.parametrize("country", [None, "", "ZZ", "Atlantis", "xx-YY"])
def test_an_unknown_country_gets_a_finder_and_a_question(country: str | None) -> None:
    given = answer("suicide", country=country)
    assert "Which country are you in?" in given.text
    assert "988" not in given.text
    assert {r.country for r in given.resources} == {"INT"}


@pytest.mark.parametrize("country", ["gb", "UK", "en-GB", "en_GB.UTF-8", "United Kingdom"])
def test_ways_to_state_a_country(country: str) -> None:
    assert "116 123" in answer("suicide", country=country).text


def test_imminent_asks_for_company_and_distance_from_means() -> None:
    text = answer("suicide", imminent=True).text
    assert text.startswith("Please call 999")
    assert "be with another person" in text
    assert "Move away from anything" in text


@pytest.mark.parametrize("damage", ["edit", "remove", "sums", "toml"])
def test_a_damaged_table_gives_the_built_in_text_and_says_so(tmp_path: Path, damage: str) -> None:
    folder = tmp_path / "crisis"
    shutil.copytree(CRISIS_FOLDER, folder)
    table = folder / "resources.toml"
    if damage == "edit":
        table.write_bytes(table.read_bytes().replace(b"116123", b"116124"))
    elif damage == "remove":
        table.unlink()
    elif damage == "sums":
        (folder / "SHA256SUMS").unlink()
    else:
        (folder / "templates.toml").write_text("x = ", encoding="utf-8")
    given = crisis_answer(Triage(True, "suicide", ("x",)), "q", country="GB", folder=folder)
    assert given.status is Status.CRISIS
    assert not given.resources
    assert "116" not in given.text
    assert "cannot be used" in given.text
    assert given.degraded


def test_a_stale_table_is_not_served() -> None:
    later = TODAY + dt.timedelta(days=365)
    given = crisis_answer(Triage(True, "suicide", ("x",)), "q", country="GB", today=later)
    assert "out of date" in given.text
    assert not given.resources


def test_works_with_everything_else_gone(tmp_path: Path) -> None:
    """Only rag/safety, the nouns, the errors and the crisis files; nothing heavy is imported."""
    root = Path(__file__).resolve().parents[3]
    shutil.copytree(root / "rag" / "safety", tmp_path / "rag" / "safety")
    shutil.copytree(root / "corpora" / "crisis", tmp_path / "corpora" / "crisis")
    for name in ("__init__.py", "model.py", "errors.py"):
        shutil.copy(root / "rag" / name, tmp_path / "rag" / name)
    script = textwrap.dedent(
        """
        import sys
        from rag.safety.triage import triage
        from rag.safety.crisis import crisis_answer
        found = triage(["I took 40 pills"])
        text = crisis_answer(found, "q", country="US").text
        assert "911" in text
        heavy = {"numpy", "onnxruntime", "faiss", "pydantic", "torch", "typer", "bm25s"}
        assert not heavy & set(sys.modules), heavy & set(sys.modules)
        """
    )
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def test_a_second_concern_gets_a_sentence() -> None:
    found = Triage(True, "suicide", ("x",), also=("medication_reaction",))
    text = crisis_answer(found, "q", country="GB").text
    assert "whoever prescribed it" in text
    assert text.rindex("whoever prescribed it") < text.rindex("I am an AI")
    assert "whoever prescribed it" not in crisis_answer(Triage(True, "suicide"), "q").text
