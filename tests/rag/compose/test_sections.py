"""The section that a question asks for is brought in when its words lead elsewhere."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from rag.compose.sections import completing
from rag.index.build import build
from rag.index.version import IndexVersion
from rag.model import Evidence, Hit
from rag.settings import Settings
from tests.conftest import HEAD

ALCOHOL = """\
# Alcohol use

## What alcohol use disorder is

Alcohol use disorder means that a person cannot control drinking although it does harm. People also
call alcohol use disorder alcoholism or alcohol dependence. Alcohol use disorder can be mild or
severe. Heavy drinking can damage the liver, the brain and other organs over the years. Alcohol use
disorder is an illness and not a weakness of will, and it can be treated at any age.

## How to help someone who drinks too much

Encourage someone who drinks too much to see a doctor, and offer to go along. Choose a calm and
sober moment to speak about what you have noticed. Family and friends of someone with alcohol
problems can find support for themselves too. Do not argue with a person who is drunk.
"""


@pytest.fixture(scope="module")
def version(tmp_path_factory: pytest.TempPathFactory) -> Iterator[IndexVersion]:
    folder = tmp_path_factory.mktemp("alcohol")
    (folder / "alcohol.md").write_text(HEAD.format(id="alcohol", title="Alcohol use") + ALCOHOL)
    settings = Settings(index_dir=tmp_path_factory.mktemp("indexes"))
    build([folder], settings)
    with IndexVersion.open(settings.index_dir, threads=1) as opened:
        yield opened


def headings(version: IndexVersion, question: str) -> list[str]:
    passages = version.passages(version.passage_ids("alcohol"))
    first = next(p for p in passages if p.heading[-1].startswith("What"))
    found = [Evidence(Hit(first.id, 0.8, {"dense": 0.5}), first, version.source("alcohol"))]
    return [one.passage.heading[-1] for one in completing(version)(question, found)]


def test_the_section_on_helping_comes_with_a_question_for_another(version: IndexVersion) -> None:
    assert headings(version, "my brother is an alcoholic and says he is fine") == [
        "What alcohol use disorder is",
        "How to help someone who drinks too much",
    ]


def test_nothing_is_added_that_was_not_asked_for(version: IndexVersion) -> None:
    assert headings(version, "what is alcoholism") == ["What alcohol use disorder is"]


def test_no_evidence_stays_none(version: IndexVersion) -> None:
    assert completing(version)("how can I help my brother", []) == ()
