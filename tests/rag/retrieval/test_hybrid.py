from __future__ import annotations

import datetime as dt
import threading
import time
from collections.abc import Collection

import numpy as np
import pytest

from rag.errors import IndexUnavailableError, SettingsError
from rag.index.version import IndexVersion
from rag.model import Evidence
from rag.retrieval.arm import Query
from rag.retrieval.dense import DenseArm
from rag.retrieval.hybrid import HybridRetriever
from rag.retrieval.lexical import LexicalArm
from rag.settings import RetrievalSettings, Settings

SLEEP = "What helps with poor sleep?"
PANIC = "How can I calm a panic attack?"


class OwnArm:
    """An arm as somebody outside this project might write one."""

    def __init__(self, name: str, found: list[tuple[str, float]]) -> None:
        self.name = name
        self.found = found
        self.excluded: Collection[str] = ()

    def search(
        self, query: Query, top_k: int, *, excluded_sources: Collection[str] = ()
    ) -> list[tuple[str, float]]:
        self.excluded = excluded_sources
        return self.found


class FailingArm(OwnArm):
    def search(
        self, query: Query, top_k: int, *, excluded_sources: Collection[str] = ()
    ) -> list[tuple[str, float]]:
        raise ConnectionError("the graph is down")


class SlowArm(OwnArm):
    def __init__(self, name: str) -> None:
        super().__init__(name, [])
        self.go_on = threading.Event()

    def search(
        self, query: Query, top_k: int, *, excluded_sources: Collection[str] = ()
    ) -> list[tuple[str, float]]:
        self.go_on.wait(30)
        return []


@pytest.fixture
def hybrid(version: IndexVersion, settings: Settings) -> HybridRetriever:
    return HybridRetriever(version, settings)


def names(evidence: tuple[Evidence, ...]) -> list[str]:
    return [item.source.id for item in evidence]


def id_of(version: IndexVersion, source: str) -> str:
    return version.passage_ids(source)[0]


def impatient(settings: Settings) -> Settings:
    return settings.model_copy(update={"retrieval": RetrievalSettings(deadline_s=0.3)})


def test_the_edition_in_force_answers(hybrid: HybridRetriever) -> None:
    now = names(hybrid.retrieve(SLEEP, top_k=9).evidence)
    assert now[0] == "sleep-2024"
    assert {"sleep-2019", "sleep-2999", "tea"}.isdisjoint(now)


def test_as_of_a_date_the_edition_of_that_date_answers(hybrid: HybridRetriever) -> None:
    def first(day: dt.date) -> list[str]:
        found = names(hybrid.retrieve(SLEEP, top_k=9, as_of=day).evidence)
        return [name for name in found if name.startswith("sleep")]

    assert first(dt.date(2022, 1, 1)) == ["sleep-2019"]
    assert first(dt.date(2024, 3, 1)) == ["sleep-2024"]
    assert sorted(first(dt.date(2999, 1, 1))) == ["sleep-2024", "sleep-2999"]


def test_a_withdrawn_source_answers_only_before_its_withdrawal(hybrid: HybridRetriever) -> None:
    question = "Does herbal tea cure worry?"
    before = hybrid.retrieve(question, top_k=3, as_of=dt.date(2023, 5, 31))
    assert names(before.evidence)[0] == "tea"
    assert "tea" not in names(hybrid.retrieve(question, top_k=9).evidence)


def test_excluded_sources_take_no_places(hybrid: HybridRetriever) -> None:
    """Six sources are in force today, two with near-equal text: five places are filled."""
    assert len(hybrid.retrieve(SLEEP, top_k=5).evidence) == 5


def test_of_near_duplicates_the_better_graded_is_kept(hybrid: HybridRetriever) -> None:
    found = hybrid.retrieve(PANIC, top_k=9).evidence
    assert names(found)[0] == "panic-guideline"
    assert "panic-charity" not in names(found)
    scores = [item.hit.score for item in found]
    assert scores == sorted(scores, reverse=True)


def test_each_hit_says_which_arms_found_it_and_how(
    hybrid: HybridRetriever, version: IndexVersion
) -> None:
    found = hybrid.retrieve(PANIC, top_k=3)
    top = found.evidence[0]
    vector = version.encoder.encode([PANIC])[0]
    dense = dict(version.dense(vector, 20))
    lexical = dict(version.lexical(PANIC, 20))
    assert top.hit.arms["dense"] == dense[top.passage.id]
    assert top.hit.arms["lexical"] == lexical[top.passage.id]
    assert set(top.hit.arms) <= {"dense", "lexical", "graph"}
    np.testing.assert_array_equal(found.vector, vector)
    assert found.degraded == ()


def test_one_arm_alone_ranks_as_that_arm_does(
    hybrid: HybridRetriever, version: IndexVersion
) -> None:
    found = hybrid.retrieve("worry going round in my head", top_k=2, arms=["lexical"])
    assert [set(item.hit.arms) for item in found.evidence] == [{"lexical"}] * len(found.evidence)
    assert names(found.evidence)[0] == "worry"


def test_a_failing_arm_is_left_out_and_named(version: IndexVersion, settings: Settings) -> None:
    both = HybridRetriever(version, settings, [DenseArm(version), LexicalArm(version)])
    arms = [DenseArm(version), LexicalArm(version), FailingArm("graph", [])]
    found = HybridRetriever(version, settings, arms).retrieve(PANIC, top_k=3)
    assert found.degraded == ("graph",)
    assert found.evidence == both.retrieve(PANIC, top_k=3).evidence


def test_a_late_arm_is_left_out_and_named(version: IndexVersion, settings: Settings) -> None:
    slow = SlowArm("graph")
    retriever = HybridRetriever(version, impatient(settings), [LexicalArm(version), slow])
    begin = time.monotonic()
    found = retriever.retrieve(PANIC, top_k=3)
    assert time.monotonic() - begin < 5
    assert found.degraded == ("graph",)
    assert names(found.evidence)[0] == "panic-guideline"
    slow.go_on.set()


def test_an_arm_that_hangs_does_not_gather_threads_for_ever(
    version: IndexVersion, settings: Settings
) -> None:
    slow = SlowArm("graph")
    hasty = settings.model_copy(update={"retrieval": RetrievalSettings(deadline_s=0.01)})
    retriever = HybridRetriever(version, hasty, [slow])
    before = threading.active_count()
    for _ in range(80):
        with pytest.raises(IndexUnavailableError):
            retriever.retrieve(PANIC, top_k=1)
    assert threading.active_count() - before <= 64
    slow.go_on.set()


def test_an_error_says_why_when_no_arm_is_left(version: IndexVersion, settings: Settings) -> None:
    slow = SlowArm("slow")
    retriever = HybridRetriever(version, impatient(settings), [slow, FailingArm("graph", [])])
    with pytest.raises(IndexUnavailableError, match=r"graph is down.*within 0\.3 s"):
        retriever.retrieve(PANIC, top_k=3)
    slow.go_on.set()


def test_an_arm_with_scores_that_are_no_numbers_has_failed(
    version: IndexVersion, settings: Settings
) -> None:
    broken = OwnArm("graph", [(id_of(version, "worry"), float("nan"))])
    found = HybridRetriever(version, settings, [DenseArm(version), broken]).retrieve(PANIC, top_k=3)
    assert found.degraded == ("graph",)


def test_a_third_arm_joins_and_is_told_what_to_leave_out(
    version: IndexVersion, settings: Settings
) -> None:
    graph = OwnArm("graph", [(id_of(version, "listening"), 3.0)])
    arms = [DenseArm(version), LexicalArm(version), graph]
    found = HybridRetriever(version, settings, arms).retrieve(SLEEP, top_k=9)
    (hit,) = [item.hit for item in found.evidence if item.source.id == "listening"]
    assert hit.arms["graph"] == 3.0
    assert set(graph.excluded) == {"sleep-2019", "sleep-2999", "tea"}


def test_an_arm_cannot_bring_back_what_is_out_of_force(
    version: IndexVersion, settings: Settings
) -> None:
    stubborn = OwnArm("graph", [(id_of(version, "tea"), 1.0), (id_of(version, "worry"), 0.5)])
    found = HybridRetriever(version, settings, [stubborn]).retrieve("Tea?", top_k=5)
    assert names(found.evidence) == ["worry"]


def test_an_arm_filled_from_another_version_is_named_and_the_rest_is_used(
    version: IndexVersion, settings: Settings
) -> None:
    stale = OwnArm("graph", [("0" * 20, 9.0), (id_of(version, "worry"), 0.5)])
    arms = [LexicalArm(version), stale]
    found = HybridRetriever(version, settings, arms).retrieve(SLEEP, top_k=9)
    assert found.degraded == ("graph",)
    assert {"worry", "sleep-2024"} <= set(names(found.evidence))


def test_an_unknown_arm_is_refused_with_the_names_there_are(hybrid: HybridRetriever) -> None:
    with pytest.raises(SettingsError, match=r"'vibes'.*dense, graph, lexical"):
        hybrid.retrieve(SLEEP, top_k=3, arms=["dense", "vibes"])
    with pytest.raises(SettingsError, match="dense, graph, lexical"):
        hybrid.retrieve(SLEEP, top_k=3, arms=[])


def test_top_k_below_one_and_two_arms_of_one_name_are_refused(
    version: IndexVersion, settings: Settings, hybrid: HybridRetriever
) -> None:
    with pytest.raises(SettingsError, match="top_k"):
        hybrid.retrieve(SLEEP, top_k=0)
    with pytest.raises(SettingsError, match="one name"):
        HybridRetriever(version, settings, [DenseArm(version), OwnArm("dense", [])])


@pytest.mark.parametrize("question", ["?", "\ud800", "", "the of and", "x" * 5000, "\u202eabc"])
def test_odd_questions_give_a_list_and_no_error(hybrid: HybridRetriever, question: str) -> None:
    found = hybrid.retrieve(question, top_k=4)
    assert len(found.evidence) <= 4
    assert found.degraded == ()


def test_many_threads_get_the_same_answer(hybrid: HybridRetriever) -> None:
    expected = hybrid.retrieve(PANIC, top_k=4).evidence
    results: list[tuple[Evidence, ...]] = []

    def work() -> None:
        results.extend(hybrid.retrieve(PANIC, top_k=4).evidence for _ in range(5))

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == [expected] * 20
