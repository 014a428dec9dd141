"""Questions in other languages are told from English ones; English ones are never turned away."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.languages import other_language

QUESTIONS = Path(__file__).parents[2] / "bench" / "questions"
FOREIGN = {
    "Spanish": [
        "¿Qué ayuda con los ataques de pánico?",
        "como puedo dejar de preocuparme tanto",
        "Mi hijo no quiere ir al colegio, ¿qué hago?",
        "efectos secundarios de la sertralina",
        "tengo ansiedad y no puedo dormir",
    ],
    "French": [
        "Comment aider un ami dépressif ?",
        "est-ce que les antidépresseurs font grossir",
        "je n'arrive pas à dormir depuis des semaines",
        "Quels sont les signes de la bipolarité ?",
        "Qu'est-ce que la thérapie cognitive ?",
    ],
    "German": [
        "Was hilft gegen Panikattacken?",
        "wie lange dauert es bis antidepressiva wirken",
        "Ich kann nicht schlafen, was soll ich tun?",
        "Welche Nebenwirkungen hat Sertralin und wie oft?",
        "Meine Mutter vergisst alles, ist das Demenz?",
    ],
    "Italian": [
        "Cosa fare durante un attacco di panico?",
        "quali sono i sintomi della depressione",
        "non riesco a dormire da mesi, cosa posso fare",
        "Come posso aiutare mia figlia che non mangia?",
    ],
    "Portuguese": [
        "O que ajuda com a ansiedade?",
        "quais são os sintomas da depressão",
        "não consigo dormir há meses, o que posso fazer",
        "Como posso ajudar um amigo em crise?",
    ],
    "Dutch": [
        "Wat helpt tegen een paniekaanval?",
        "hoe lang duurt het voor antidepressiva werken",
        "Mijn zoon wil niet naar school, wat kan ik doen?",
    ],
    "Polish": ["Co pomaga na lęk i jak długo to trwa?", "jakie są objawy depresji"],
    "Swedish": ["Vad hjälper mot ångest?", "hur kan jag hjälpa en vän som mår dåligt"],
    "Turkish": ["Panik atak nedir ve ne yapmak için ne iyi gelir?", "benim için bu çok zor"],
    "Indonesian": ["Apa yang bisa membantu serangan panik?", "bagaimana cara tidur dengan baik"],
    "Russian": ["Что помогает при панических атаках?"],
    "Ukrainian": ["Що допомагає при панічних атаках і тривозі?"],
    "Arabic": ["ما الذي يساعد في نوبات الهلع؟"],
    "Hindi": ["घबराहट के दौरे में क्या मदद करता है?"],
    "Chinese": ["惊恐发作时怎么办？"],
    "Japanese": ["パニック発作のとき、どうすればいいですか？"],
    "Korean": ["공황 발작에 무엇이 도움이 되나요?"],
    "Greek": ["Τι βοηθάει στις κρίσεις πανικού;"],
    "another language": ["რა ეხმარება პანიკის შეტევას?"],
}


@pytest.mark.parametrize(
    ("name", "text"), [(name, text) for name, texts in FOREIGN.items() for text in texts]
)
def test_a_question_in_another_language_is_known(name: str, text: str) -> None:
    language = other_language(text)
    assert language is not None
    # Near relatives may tie in a short question; then none of them is named.
    assert language.name in {name, "another language"}


def test_most_languages_are_named() -> None:
    named = [
        (found := other_language(text)) is not None and found.name == name
        for name, texts in FOREIGN.items()
        for text in texts
    ]
    assert sum(named) >= 0.9 * len(named)


def test_no_english_question_is_turned_away() -> None:
    texts = [
        json.loads(line)["question"]
        for path in QUESTIONS.glob("*.jsonl")
        for line in path.read_text().splitlines()
    ]
    assert len(texts) > 300
    assert [text for text in texts if other_language(text)] == []


@pytest.mark.parametrize(
    "text",
    [
        "",
        "??",
        "adhd",
        "sertraline",
        "déjà vu",
        "Is la belle indifférence a sign of conversion disorder?",
        "what does 'angst' mean in german",
        "my abuela has dementia, how do i care for her",
        "help 🙏",
        "Sjögren's and depression",
        "12345",
    ],
)
def test_a_doubt_counts_as_english(text: str) -> None:
    assert other_language(text) is None


@given(st.text(max_size=300))
def test_any_text_gives_an_answer(text: str) -> None:
    language = other_language(text)
    assert language is None or language.name
