from __future__ import annotations

import datetime as dt

from hypothesis import given
from hypothesis import strategies as st

from rag.model import Source
from rag.retrieval.policy import excluded_sources

OLD = dt.date(2019, 5, 1)
NEW = dt.date(2024, 3, 1)
DAY = dt.timedelta(days=1)


def source(name: str, **fields: object) -> Source:
    return Source(id=name, title=name, publisher="Plumbline", sha256="0" * 64, **fields)  # type: ignore[arg-type]


def test_the_newer_edition_replaces_the_older_on_the_day_it_takes_effect() -> None:
    old = source("sleep-2019", published=OLD, effective_from=OLD)
    new = source("sleep-2024", effective_from=NEW, supersedes=("sleep-2019",))
    assert excluded_sources([old, new], NEW - DAY) == {"sleep-2024"}
    assert excluded_sources([old, new], NEW) == {"sleep-2019"}
    assert excluded_sources([new, old]) == {"sleep-2019"}
    assert excluded_sources([old, new], OLD - DAY) == {"sleep-2019", "sleep-2024"}


def test_only_the_named_edition_is_superseded() -> None:
    kept = source("mood", edition="2022")
    new = source("mood-short", supersedes=("mood@2019",))
    assert excluded_sources([kept, new]) == set()
    assert excluded_sources([source("mood", edition="2019"), new]) == {"mood"}


def test_a_source_that_names_an_earlier_edition_of_itself_stays() -> None:
    assert excluded_sources([source("mood", edition="2", supersedes=("mood@1",))]) == set()
    assert excluded_sources([source("mood", edition="2", supersedes=("mood@2", "mood"))]) == set()


def test_editions_of_one_id_are_told_apart_as_the_index_names_them() -> None:
    old, new = source("mood", edition="1"), source("mood", edition="2", supersedes=("mood",))
    assert excluded_sources([old, new]) == {"mood@1"}
    both = source("mood", edition="3", supersedes=("mood@1",))
    assert excluded_sources([old, both, source("mood", edition="2")]) == {"mood@1"}


def test_withdrawal_counts_from_its_day_and_restores_nothing() -> None:
    old = source("a-1")
    new = source("a-2", supersedes=("a-1",), withdrawn_on=NEW)
    assert excluded_sources([old, new], NEW - DAY) == {"a-1"}
    assert excluded_sources([old, new], NEW) == {"a-1", "a-2"}


def test_a_chain_of_editions_leaves_the_last() -> None:
    chain = [
        source("a-1"),
        source("a-2", supersedes=("a-1",)),
        source("a-3", supersedes=("a-2",)),
    ]
    assert excluded_sources(chain) == {"a-1", "a-2"}


def test_publication_is_the_start_when_one_looks_into_the_past() -> None:
    late = source("late", published=dt.date.today() + DAY)
    assert excluded_sources([late]) == set()
    assert excluded_sources([late], dt.date.today()) == {"late"}
    assert excluded_sources([late], dt.date.today() + DAY) == set()


def test_a_planned_source_waits_for_its_day() -> None:
    planned = source("planned", effective_from=dt.date.today() + DAY, supersedes=("now",))
    assert excluded_sources([source("now"), planned]) == {"planned"}


@given(
    st.permutations([source("a"), source("b", supersedes=("a",)), source("c", withdrawn_on=OLD)])
)
def test_the_order_of_the_sources_does_not_matter(order: list[Source]) -> None:
    assert excluded_sources(order, NEW) == {"a", "c"}
