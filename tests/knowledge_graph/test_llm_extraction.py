"""What a model says is only taken where the sentence names both ends and the kinds fit."""

from __future__ import annotations

from dataclasses import dataclass

from knowledge_graph.graph import Sources, build_graph
from knowledge_graph.llm_extraction import LlmReader
from knowledge_graph.mentions import MentionFinder
from knowledge_graph.passages import PassageText
from knowledge_graph.schema import Origin

SENTENCE = "Doctors have long turned to lithium when mania strikes."


@dataclass
class Said:
    text: str


class Model:
    """Says what it was made to say, and keeps the prompts."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.prompts: list[str] = []

    def complete(self, prompt: str) -> Said:
        self.prompts.append(prompt)
        return Said(self.text)


def test_a_statement_between_names_of_the_sentence(finder: MentionFinder) -> None:
    model = Model("mania | TREATED_BY | lithium")
    (statement,) = LlmReader(model).read(SENTENCE, finder.find(SENTENCE))
    assert statement.object == "Medication:DB01356"
    assert SENTENCE in model.prompts[0]


def test_what_the_sentence_does_not_name_is_not_taken(finder: MentionFinder) -> None:
    made_up = "\n".join(
        (
            "mania | TREATED_BY | quetiapine",
            "mania | CURES | lithium",
            "lithium | SCREENED_BY | mania",
            "lithium | TREATED_BY | lithium",
            "I think that lithium treats mania",
            "",
        )
    )
    assert LlmReader(Model(made_up)).read(SENTENCE, finder.find(SENTENCE)) == []


def test_it_is_off_unless_passed(sources: Sources) -> None:
    passage = PassageText("p", "d", ("Notes",), (SENTENCE,))
    model = Model("mania | TREATED_BY | lithium")

    def extracted(*readers: LlmReader) -> int:
        facts = build_graph(sources, [passage], more_readers=readers).facts
        return sum(fact.origin is Origin.EXTRACTED for fact in facts)

    assert extracted() == 0
    assert extracted(LlmReader(model)) == 1
