from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from pathlib import Path

import pytest

from rag.encoders.onnx import OnnxEncoder
from rag.errors import CorpusError
from rag.safety import classifier as module
from rag.safety.classifier import WEIGHTS, Classifier, encoder_folders, parts
from rag.safety.normalise import tokens
from rag.safety.ruleset import shipped_rules
from rag.safety.triage import triage
from tests.rag.safety import utterances
from tests.rag.safety.conftest import Changed
from tests.rag.safety.scripted_classifier import Says, SaysOfWholes

ASKED = Path(__file__).parents[3] / "bench" / "questions" / "asked.jsonl"


def test_sees_what_no_rule_has_a_pattern_for(shipped: Classifier) -> None:
    text = "Nobody is going to convince me that staying is worth it"
    assert not triage([text]).crisis
    found = triage([text], classifier=shipped)
    assert (found.crisis, found.category, found.rules) == (True, "suicide", ("classifier",))
    assert not found.imminent


def test_development_utterances_with_the_classifier(shipped: Classifier) -> None:
    for name in ("wide", "spent"):
        found = [triage([row[3]], classifier=shipped) for row in utterances.crisis(name)]
        assert sum(each.crisis for each in found) / len(found) > 0.95
        benign = [triage([text], classifier=shipped) for _, text in utterances.benign(name)]
        assert sum(each.crisis for each in benign) / len(benign) < 0.03


def test_held_out_utterances_do_not_get_worse(shipped: Classifier) -> None:
    danger = [triage([row[3]], classifier=shipped).crisis for row in utterances.crisis("fresh")]
    assert (sum(danger) >= 26, len(danger)) == (True, 30)
    plain = [triage([text], classifier=shipped).crisis for _, text in utterances.benign("fresh")]
    assert (sum(plain) <= 8, len(plain)) == (True, 60)


def test_what_cannot_wait_is_never_missed(shipped: Classifier) -> None:
    must = [row[3] for row in utterances.crisis("spent") if row[1]]
    assert len(must) >= 18
    assert [text for text in must if not triage([text], classifier=shipped).crisis] == []


@pytest.mark.parametrize(
    "text",
    [
        "my son gambles online every night and has debts",
        "i wake up and cant move and see someone in my room",
        "does it hurt?",
        "gym obsessed bf thinks hes tiny, bigorexia?",
        "missed my aripiprazole injection what now",
        "My depression came back after two good years. Does it always come back?",
        "my dad got very confused in hospital",  # "suddenly" may be an emergency, says the NHS
        "I had a baby 3 weeks ago and I can't stop crying. Is this baby blues?",
        "Is it dangerous to stop drinking all at once?",
    ],
)
def test_ordinary_questions_are_left_alone(shipped: Classifier, text: str) -> None:
    assert not triage([text], classifier=shipped).crisis


def test_few_of_the_everyday_questions_get_a_crisis_answer(shipped: Classifier) -> None:
    lines = ASKED.read_text(encoding="utf-8").splitlines()
    questions = [json.loads(line)["question"] for line in lines]
    assert len(questions) == 200
    taken = [q for q in questions if triage([q], classifier=shipped).crisis]
    assert len(taken) <= 16, taken  # half of them are dangers that deserve it


def test_the_rest_of_a_short_message_may_explain_a_part_of_it(shipped: Classifier) -> None:
    handed_over = "Signed the rig over to my boy."
    explained = f"{handed_over} I'm retiring and going fishing. How do men handle retirement?"
    assert not triage([explained], classifier=shipped).crisis
    small_talk = "It rained all week and the garden is green, the cat is fat and my sister rang."
    cry = "Nobody is going to convince me that staying is worth it."
    assert triage([f"{small_talk} {cry}"], classifier=shipped).crisis


def test_parts_need_more_than_the_whole(changed: Changed) -> None:
    def judge(text: str, threshold: float, part_threshold: float) -> str | None:
        limits = {"threshold": threshold, "part_threshold": part_threshold}
        return changed(harmless_threshold=-2000, **limits).concern(text.split())

    short, two, long = "b c d", "b c d e f g . h i j k l m n", "b c d e f g . " * 20
    assert judge(short, -1000, 1000)
    assert judge(two, -1000, 1000)
    assert judge(two, 1000, -1000)
    assert judge(short, 1000, -1000) is None
    assert judge("b c", -1000, 1000) is None  # as much as a part: it says next to nothing
    assert judge(long, 1000, -1000) is None  # never judged whole, so its parts count fully
    assert judge(long, -1000, 1000)
    assert judge(f"b c . {'d ' * 11}. " * 9, -1000, 1000)  # its first part is as short


def test_a_lone_question_needs_more_than_what_is_told(changed: Changed) -> None:
    classifier = changed(threshold=-1000, question_threshold=1000, harmless_threshold=-2000)
    assert classifier.concern(["how", "do", "owls", "sleep", "."]) is None
    assert classifier.concern(["owls", "sleep", "how"])
    assert classifier.concern(["how", "so", ".", "i", "can", "not", "sleep"])


def test_disguises_do_not_hide_it(shipped: Classifier) -> None:
    text = "Nobody is going to convince me that staying is worth it"
    for disguised in (text.upper(), "\u200b".join(text), text.replace("o", "0"), text + " 😢"):
        assert triage([disguised], classifier=shipped).crisis


def test_a_sentence_in_a_long_message_is_seen(shipped: Classifier) -> None:
    story = "We went to the market and bought apples. " * 8
    text = f"{story}Nobody is going to convince me that staying is worth it. {story}"
    assert triage([text], classifier=shipped).crisis
    assert not triage([story], classifier=shipped).crisis


def test_nothing_is_nothing(shipped: Classifier) -> None:
    assert not triage([], classifier=shipped).crisis
    assert not triage(["", "  ", "🙂"], classifier=shipped).crisis


def test_every_turn_is_asked_and_what_cannot_wait_comes_first() -> None:
    found = triage(["apple.", "pear."], classifier=Says(apple="suicide", pear="overdose"))
    assert (found.category, found.also, found.imminent) == ("overdose", ("suicide",), True)
    assert triage(["apple"], classifier=Says(apple="child")).minor


def test_halves_of_a_sentence_are_judged_together() -> None:
    says = Says(pear="suicide", apple="mania")
    assert triage(["plum and", "pear"], classifier=says).category is None
    assert triage(["apple and", "pear"], classifier=says).category == "mania"
    assert triage(["plum.", "pear"], classifier=says).category == "suicide"
    assert triage(["pear"], classifier=says).category == "suicide"


def test_a_sentence_that_sets_a_stage_is_not_judged() -> None:
    says = Says(let="mania", you="mania", pear="suicide")
    stage = "Let's role-play. You are a wise old owl."
    assert triage([stage + " Pear is sour today."], classifier=says).category == "suicide"
    assert triage([stage], classifier=says).category == "mania"  # nothing else is left
    assert triage(["You are my only hope and I am done."], classifier=says).category == "mania"


def test_rules_come_first() -> None:
    found = triage(["I want to kill myself"], classifier=Says(i="abuse"))
    assert found.category == "suicide"
    assert "classifier" not in found.rules


@pytest.mark.parametrize(
    "text",
    [
        "dad and mum had a row, mums arm is in a towel",
        "my mams new fella gets in the shower wen im in it im 13 x",
        "its all on the bed next to me",
        "u no wot i mean m8",
    ],
)
def test_short_and_misspelt_english_is_no_other_language(text: str) -> None:
    first = tokens(text, shipped_rules().lexicon)[0]
    assert triage([text], classifier=SaysOfWholes(**{first: "abuse"})).crisis


def test_of_other_languages_the_classifier_says_less() -> None:
    text = "Wie behandelt man eine Panikattacke?"
    assert triage([text], classifier=Says(wie="abuse")).crisis
    assert not triage([text], classifier=SaysOfWholes(wie="abuse")).crisis


def test_a_long_text_without_full_stops_is_not_explained_as_a_whole() -> None:
    denied = "long day the nurse asked if i want to kill myself and i said no"
    says = SaysOfWholes(long="suicide")
    assert not triage([denied], classifier=says).crisis
    rest = " and then i went home and sat by the river and gave the dog to my sister for good"
    assert triage([denied + rest], classifier=says).crisis


def test_what_the_rules_explain_is_a_cry_all_the_same_where_it_stands_out() -> None:
    """ "Burn my wrist on the exhaust" is an accident, but for "Meaning to. Helps." behind it."""
    denied = "long day the nurse asked if i want to kill myself and i said no"
    assert triage([denied], classifier=Says(long="suicide")).crisis


def test_parts_hold_every_word_and_are_bounded() -> None:
    assert list(parts([])) == []
    assert list(parts(["a", "b"])) == [["a", "b"]]
    words = [str(n) if n % 11 else "." for n in range(300)]
    assert {word for part in parts(words) for word in part} >= set(words) - {"."}
    assert list(parts([".", "a", "."])) == [["a"]]
    assert all(len(part) <= 51 for part in parts(words))
    unbroken = [str(n) for n in range(300)]
    assert {word for part in parts(unbroken) for word in part} == set(unbroken)
    assert len(list(parts(words * 1000))) == 64


def test_changed_weights_are_refused(tmp_path: Path, encoders: list[OnnxEncoder]) -> None:
    folder = tmp_path / "weights"
    shutil.copytree(WEIGHTS, folder)
    head = encoder_folders(folder)[1].parent / "head.bin"
    head.write_bytes(head.read_bytes()[:-1] + b"\x01")
    with pytest.raises(CorpusError, match=r"head\.bin"):
        Classifier(encoders, folder)
    head.unlink()
    with pytest.raises(CorpusError, match="Cannot read"):
        Classifier(encoders, folder)
    (folder / "manifest.json").write_text(json.dumps({"rank": 1}), encoding="utf-8")
    with pytest.raises(CorpusError, match="Cannot read"):
        Classifier(encoders, folder)


def test_another_encoder_is_refused() -> None:
    class Other:
        sha256 = "0" * 64

        def encode(self, texts: Sequence[str]) -> module.Rows:
            raise AssertionError

    with pytest.raises(CorpusError, match="another encoder"):
        Classifier([Other(), Other()])


def test_each_head_wants_its_own_encoder(encoders: list[OnnxEncoder]) -> None:
    with pytest.raises(CorpusError, match="each needs an encoder"):
        Classifier(encoders[:1])
    with pytest.raises(CorpusError, match="another encoder"):
        Classifier(encoders[::-1])


def test_words_of_now_make_it_imminent() -> None:
    says = Says(apple="suicide", pear="mania")
    assert triage(["apple tonight"], classifier=says).imminent
    assert not triage(["apple"], classifier=says).imminent
    assert not triage(["pear tonight"], classifier=says).imminent


def test_a_longer_turn_without_a_full_stop_is_judged_alone_too() -> None:
    cry = "plum plum plum plum plum plum"
    assert triage([cry, "pear."], classifier=Says(plum="suicide")).category == "suicide"
    assert triage(["pear pear", cry], classifier=Says(plum="suicide")).category == "suicide"
    assert not triage(["pear pear", "plum"], classifier=Says(plum="suicide")).crisis


@pytest.mark.parametrize(
    "text",
    [
        "i stopped my sertraline 4 days ago and get electric zaps in my head",
        "Brain zaps since I came off venlafaxine. How long do they go on?",
    ],
)
def test_zaps_after_an_antidepressant_are_no_emergency(shipped: Classifier, text: str) -> None:
    assert not triage([text], classifier=shipped).crisis


@pytest.mark.parametrize(
    "text",
    [
        "Stopped my lorazepam on Monday, brain zaps all day and my hands are shaking",
        "Brain zaps since I came off venlafaxine and now I had a seizure",
        "electric shocks in my head since stopping paroxetine, I want to die",
    ],
)
def test_zaps_beside_a_danger_are_one(shipped: Classifier, text: str) -> None:
    assert triage([text], classifier=shipped).crisis


def test_what_the_rules_explain_counts_where_the_whole_is_plain(changed: Changed) -> None:
    words = "b c d".split()
    assert changed(plain_threshold=-1000).stands_out(words)
    assert changed(plain_threshold=1000).stands_out(words) is None
