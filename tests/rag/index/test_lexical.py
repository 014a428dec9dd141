from __future__ import annotations

import logging
import math
import os
import random
import subprocess
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.index.lexical import K1, B, LexicalIndex, Stemming, write_lexical

WORDS = "panic attack sleep worry mood walk talk doctor child parent school night drink".split()


def made_up_texts(count: int) -> list[str]:
    draw = random.Random(3)
    return [" ".join(draw.choices(WORDS, k=draw.randint(1, 40))) for _ in range(count)]


TEXTS = made_up_texts(200)


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> LexicalIndex:
    folder = tmp_path_factory.mktemp("lexical") / "lexical"
    write_lexical(folder, TEXTS)
    return LexicalIndex(folder)


def by_hand(query: list[str], rows: list[list[str]]) -> list[float]:
    """BM25 as Lucene counts it (Kamphuis et al. 2020, table 1), written from the formula."""
    mean = sum(map(len, rows)) / len(rows)
    scores = []
    for row in rows:
        counts = Counter(row)
        score = 0.0
        for term in query:
            holding = sum(term in other for other in rows)
            idf = math.log(1 + (len(rows) - holding + 0.5) / (holding + 0.5))
            norm = K1 * (1 - B + B * len(row) / mean)
            score += idf * counts[term] / (counts[term] + norm)
        scores.append(score)
    return scores


def test_scores_are_those_of_the_formula(index: LexicalIndex) -> None:
    rows = [index.terms(text) for text in TEXTS]
    for question in ("panic attacks at night", "walking and talking, walking", "parents"):
        scores = by_hand(index.terms(question), rows)
        expected = sorted(range(len(rows)), key=lambda row: (-round(scores[row], 5), row))[:20]
        found = index.search(question, 20)
        assert [s for _, s in found] == pytest.approx([scores[r] for r in expected], rel=1e-4)
        assert {row for row, _ in found} == set(expected)


def test_idf_is_lucenes_and_greatest_for_the_unknown(index: LexicalIndex) -> None:
    holding = sum("panic" in text for text in TEXTS)
    assert index.idf("panic") == pytest.approx(math.log(1 + (200.5 - holding) / (holding + 0.5)))
    assert index.idf("xylophon") == pytest.approx(math.log(1 + 200.5 / 0.5))
    assert index.idf("xylophon") > max(index.idf(stem) for stem in index.terms(" ".join(WORDS)))


def test_ties_are_cut_by_row(tmp_path: Path) -> None:
    write_lexical(tmp_path / "lexical", ["worry at night"] * 50 + ["sleep"])
    found = LexicalIndex(tmp_path / "lexical").search("worry", 7)
    assert [row for row, _ in found] == list(range(7))


def test_excluded_rows_use_no_place(index: LexicalIndex) -> None:
    best = [row for row, _ in index.search("panic", 20)]
    allowed = np.ones(len(TEXTS), dtype=np.bool_)
    allowed[best[:10]] = False
    assert [row for row, _ in index.search("panic", 10, allowed)] == best[10:]


def test_rows_without_a_term_are_not_found(index: LexicalIndex) -> None:
    assert all("drink" in TEXTS[row] for row, _ in index.search("drinks", 200))
    assert index.search("xylophone", 5) == []
    assert index.search("what is the", 5) == []
    assert index.search("", 5) == []


def test_texts_without_any_term_make_an_index(tmp_path: Path) -> None:
    write_lexical(tmp_path / "lexical", ["the", "—"])
    assert LexicalIndex(tmp_path / "lexical").search("the panic", 5) == []


@pytest.mark.parametrize(
    ("text", "stems"),
    [
        ("Don’t panic", ["panic"]),
        ("vitamin C", ["vitamin", "c"]),
        ("Alzheimer’s Alzheimer's alzheimer", ["alzheim"] * 3),
        ("SSRIs, an SSRI, TCAs", ["ssri", "ssri", "tca"]),
        ("obsessive-compulsive_disorder", ["obsess", "compuls", "disord"]),
        ("ﬁve ANXIETIES", ["five", "anxieti"]),
    ],
)
def test_stems(text: str, stems: list[str]) -> None:
    assert Stemming().terms(text) == stems


@given(st.text(st.characters(exclude_categories=())))
def test_any_text_can_be_searched(index: LexicalIndex, text: str) -> None:
    for row, score in index.search(text, 3):
        assert 0 <= row < len(TEXTS)
        assert score > 0
    assert all(index.idf(stem) > 0 for stem in index.terms(text))


def test_threads_share_an_index(index: LexicalIndex) -> None:
    draw = random.Random(5)
    questions = [" ".join(draw.choices(WORDS, k=5)) + f" word{n}s" for n in range(400)]
    alone = [(index.terms(question), index.search(question, 10)) for question in questions]
    with ThreadPoolExecutor(8) as pool:
        both = pool.map(lambda text: (index.terms(text), index.search(text, 10)), questions)
        assert list(both) == alone


def test_the_same_texts_give_the_same_bytes_in_any_process(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from rag.index.lexical import write_lexical;"
        "write_lexical(Path(sys.argv[1]), sys.argv[2:])"
    )
    for seed in ("1", "2"):
        environment = {**os.environ, "PYTHONHASHSEED": seed}
        command = [sys.executable, "-c", code, str(tmp_path / seed), *TEXTS[:20]]
        subprocess.run(command, env=environment, check=True)
    names = sorted(path.name for path in (tmp_path / "1").iterdir())
    assert len(names) == 5
    for name in names:
        assert (tmp_path / "1" / name).read_bytes() == (tmp_path / "2" / name).read_bytes()


def test_nothing_is_printed_or_logged(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        write_lexical(tmp_path / "lexical", TEXTS)
        LexicalIndex(tmp_path / "lexical").search("panic", 5)
    assert capfd.readouterr() == ("", "")
    assert not [record for record in caplog.records if record.name.startswith("bm25s")]
