"""The questions that the abstention model learns from, and those that judge it."""

from __future__ import annotations

import json
import random
import re
import tomllib
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

from rag.evaluation import medquad
from rag.index.version import IndexVersion
from rag.retrieval.arm import Arm, Query

ROOT = Path(__file__).parents[2]
QUESTIONS = ROOT / "bench/questions"
TRIAGE = ROOT / "training/triage/data"
IN_VAIN = Path(__file__).with_name("in_vain.jsonl")
OTHER_DISEASES = 150  # MedQuAD questions a half
JUDGED = 700  # questions whose evidence was judged, that the model learns from
DISEASES = 1000  # questions on other diseases that the domain is fitted on
HEADINGS, FEWEST_WORDS = 600, 4  # headings that the domain is fitted on, of at least so many words
SEED = 0
# MedQuAD topics that the corpus may answer, so that its questions are no example of silence.
MENTAL = re.compile(
    r"depress|anxi|panic|ptsd|trauma|bipolar|schizo|psych|autis|eating|insomn|sleep|alcohol|drug|"
    r"opioid|obsess|phobi|attention|suicid|grief|postpartum|dement|alzheim|stress|memory|mental|"
    r"smok|caregiv|teen|child|tourette|narcolep|apnea|restless|premenstrual|menopaus|dyslex|"
    r"learning dis|intellectual|delirium|neuroleptic|serotonin|gambl|hoard|safety|substance|"
    r"lewy|cognitive|epilep",
    re.IGNORECASE,
)
# Messages of the triage data that speak of a mind in distress, or ask about one.
_OF_THE_MIND = frozenset({"symptom", "info", "bereaved", "history"})


class Without:
    """An arm that leaves some sources out, as a corpus without that topic would."""

    def __init__(self, arm: Arm, sources: Collection[str]) -> None:
        self._arm, self._sources, self.name = arm, frozenset(sources), arm.name

    def search(
        self, query: Query, top_k: int, *, excluded_sources: Collection[str] = ()
    ) -> list[tuple[str, float]]:
        return self._arm.search(
            query, top_k, excluded_sources=self._sources | set(excluded_sources)
        )


@dataclass(frozen=True)
class Example:
    kind: str
    question: str
    answerable: bool
    tune: bool
    without: tuple[str, ...] = ()


def examples(version: IndexVersion, medquad_folder: Path) -> list[Example]:
    found = list(_topics(version))
    for name, tune in (("development", True), ("held_out", False)):
        for row in _rows(QUESTIONS / f"{name}.jsonl"):
            kind = "own, answerable" if row["answerable"] else "own, unanswerable"
            found.append(Example(kind, row["question"], row["answerable"], tune))
    found += [*_judged(), *_in_vain()]
    rng = random.Random(SEED)  # noqa: S311 - a repeatable sample, not a secret
    for half, tune in zip(_other_diseases(medquad_folder), (True, False), strict=True):
        chosen = rng.sample(half, OTHER_DISEASES)
        found += [Example("other diseases", question, False, tune) for question in chosen]
    return found


def domain_examples(version: IndexVersion, medquad_folder: Path) -> list[tuple[str, bool]]:
    """(text, whether it is about mental health), without any that judges.

    Titles and headings of the corpus bring the names and abbreviations of the field.
    """
    found = [(row["question"], row["answerable"]) for row in _rows(QUESTIONS / "development.jsonl")]
    topics = tomllib.loads((QUESTIONS / "topics.toml").read_text("utf-8"))
    found += [(q, True) for t in topics.values() if t["half"] == "tune" for q in t["questions"]]
    for path in sorted(TRIAGE.glob("*_benign.tsv")):
        for line in path.read_text("utf-8").splitlines():
            label, _, text = line.partition("\t")
            if label in _OF_THE_MIND:
                found.append((text.rpartition("\t")[2], True))
    found += [(f"What is {source.title}?", True) for source in version.sources()]
    headings = sorted(
        {
            passage.heading[-1]
            for source in version.sources()
            for passage in version.passages(version.passage_ids(source.id))
            if len(passage.heading[-1].split()) >= FEWEST_WORDS
        }
    )
    chosen = random.Random(SEED).sample(headings, HEADINGS)  # noqa: S311 - a repeatable sample
    found += [(heading, True) for heading in chosen]
    everyday = Path(__file__).with_name("everyday.txt").read_text("utf-8").splitlines()
    found += [(line, False) for line in everyday]
    diseases = sorted(set(_other_diseases(medquad_folder)[0]))
    chosen = random.Random(SEED).sample(diseases, DISEASES)  # noqa: S311 - a repeatable sample
    found += [(question, False) for question in chosen]
    return list(dict.fromkeys(found))


def _topics(version: IndexVersion) -> Iterator[Example]:
    topics = tomllib.loads((QUESTIONS / "topics.toml").read_text("utf-8"))
    texts = {
        source.id: " ".join(
            p.indexed_text for p in version.passages(version.passage_ids(source.id))
        )
        for source in version.sources()
    }
    for topic in topics.values():
        mark = re.compile(rf"\b(?:{'|'.join(map(re.escape, topic['terms']))})\w*", re.IGNORECASE)
        about = tuple(i for i, text in texts.items() if mark.search(text))
        tune = topic["half"] == "tune"
        for question in topic["questions"]:
            yield Example("topic present", question, True, tune)
            yield Example("topic absent", question, False, tune, about)


def _judged() -> Iterator[Example]:
    """Questions for which somebody marked sentences that answer them."""
    told = [str(row["question"]) for row in _rows(QUESTIONS / "pointed_tuning_4.jsonl")]
    for question in random.Random(SEED).sample(told, JUDGED):  # noqa: S311 - a repeatable sample
        yield Example("judged", question, True, True)
    for row in _rows(QUESTIONS / "pointed_held_out_3.jsonl"):
        yield Example("judged", str(row["question"]), True, False)


def _in_vain() -> Iterator[Example]:
    """Questions for which nothing that was found answered, without the documents that have been
    written since, partly for them."""
    first, *rows = _rows(IN_VAIN)
    since = tuple(first["written_since"])  # type: ignore[arg-type]
    for row in rows:
        yield Example("nothing answers", str(row["question"]), False, bool(row["tune"]), since)


def _other_diseases(folder: Path) -> tuple[list[str], list[str]]:
    tune, judge = medquad.halves(medquad.read(folder), SEED)
    first, second = (
        [p.question for p in half if not MENTAL.search(p.topic + p.question)]
        for half in (tune, judge)
    )
    return first, second


def _rows(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines() if line.strip()]
