"""The certain checks: what each catches, and what it leaves to the model."""

from __future__ import annotations

import pytest

from rag.verify.alignment import Analysed, EvidenceText, align
from rag.verify.checks import contradictions

SENTENCES = {
    "often": "Some people with panic disorder often need several weeks before an SSRI may help.",
    "classes": "Doctors may prescribe antidepressants or antipsychotics for psychotic depression.",
    "sides": "Chronic stress can cause insomnia in adults.",
    "denied": "Women with postpartum depression generally will not feel better without treatment.",
    "list": "Psychotic symptoms include hallucinations, delusions and thought disorder.",
    "kind": "Vascular dementia is a type of dementia.",
    "fee": "The museum charges no admission fee.",
    "survey": "The survey ran from February 2001 to January 2004. It reached 904 people.",
}


def found(claim: str, passage: str) -> tuple[str, ...]:
    analysed, evidence = Analysed.of(claim), EvidenceText.of([passage])
    aligned = align(analysed, evidence)
    assert aligned is not None
    return contradictions(analysed, evidence, aligned)


@pytest.mark.parametrize(
    ("key", "old", "new", "reason"),
    [
        ("often", "Some people", "All people", "amount"),
        ("often", "several weeks", "several days", "unit"),
        ("often", "may help", "will help", "certainty"),
        ("classes", "antipsychotics", "stimulants", "class of medicines"),
        ("classes", "depression", "dementia", "condition"),
        ("sides", "adults", "infants", "group"),
        ("sides", "Chronic", "Acute", "direction"),
        ("denied", " not", "", "negation"),
        ("survey", "February 2001", "February 904", "number"),
    ],
)
def test_one_word_put_for_another_of_its_kind(key: str, old: str, new: str, reason: str) -> None:
    passage = SENTENCES[key]
    assert old in passage
    reasons = found(passage.replace(old, new), passage)
    assert any(r.startswith(reason) for r in reasons), reasons


@pytest.mark.parametrize(
    ("key", "claim"),
    [
        ("sides", "Insomnia can cause chronic stress in adults."),
        ("list", "Hallucinations include psychotic symptoms, delusions and thought disorder."),
        ("kind", "Dementia is a type of vascular dementia."),
    ],
)
def test_roles_that_changed_places(key: str, claim: str) -> None:
    assert any(r.startswith("relation") for r in found(claim, SENTENCES[key]))


@pytest.mark.parametrize(
    ("key", "claim"),
    [
        ("often", "People with panic disorder may need several weeks before an SSRI can help."),
        ("often", "An antidepressant may need several weeks before it helps in panic disorder."),
        ("sides", "Insomnia in adults can be caused by chronic stress."),
        ("sides", "In adults insomnia is often caused by chronic stress."),
        ("sides", "Chronic stress may lead to insomnia."),
        ("kind", "One type of dementia is vascular dementia."),
        ("kind", "Vascular dementia is one type of dementia."),
        ("denied", "Without treatment, women with postpartum depression will not feel better."),
        ("fee", "The museum does not charge an admission fee."),
        ("survey", "The survey ran from February 2001 to January 2004."),
    ],
)
def test_a_faithful_rewording_contradicts_nothing(key: str, claim: str) -> None:
    assert found(claim, SENTENCES[key]) == ()


@pytest.mark.parametrize(
    ("claim", "passage"),
    [
        ("Some people are only diagnosed with ADHD once they are grown up.",
         "Adults can have ADHD too, and some are not diagnosed until they are grown up."),
        ("Most people who go through trauma do not develop PTSD.",
         "Only about 5.6% of people who go through trauma develop PTSD."),
        ("Depression that goes untreated in pregnancy can harm the parent and the baby.",
         "Depression that is not treated in pregnancy can also harm the parent and the baby."),
        ("Go to bed and get up at the same times every day.",
         "Keeping the same times for bed and for getting up, day after day, helps many people."),
        ("Most panic attacks last from five to thirty minutes.",
         "Most panic attacks last from five minutes to half an hour."),
        ("Everybody worries about their health sometimes.",
         "Everyone worries about health now and then."),
        ("A person with dementia can get delirium and then suddenly gets worse all at once.",
         "A person with dementia can get delirium on top, and then suddenly becomes much worse."),
        ("Many people snore, though not everyone who snores often has sleep apnoea.",
         "Not everybody who snores often has sleep apnoea."),
        ("You cannot catch shingles from somebody who has it.",
         "Nobody can catch shingles from another person."),
        ("Most people notice benefits after two to four weeks on SSRIs.",
         "Most people need two to four weeks on SSRIs before they notice benefits."),
        ("Caffeine can cause trembling and poor sleep, all of which look like anxiety.",
         "Caffeine can cause trembling and poor sleep, which look like signs of anxiety."),
        ("Treatment is levothyroxine, which replaces the hormone that is lacking.",
         "Treatment is levothyroxine, which replaces the missing hormone."),
        ("One person in five gets diarrhoea.", "About 20% of people get diarrhoea."),
        ("One person in four has hay fever in spring.",
         "A quarter of people have hay fever in spring."),
        ("Start the spray two weeks before the season.",
         "Start the spray a week or two before the season."),
        ("In 2004 the survey reached 904 people.", "The survey reached 904 people in 2004."),
        ("About 75% of patients had turned negative by day 21.",
         "Of the patients 75.2% had turned negative by day 21."),
        ("New orders fell to 20.08 billion euros.", "New orders fell to EUR20.08 billion."),
        ("It was their first No. 1 album.", "It was their first No.1 album."),
        ("Take two readings one minute apart.", "Two readings a minute apart are enough."),
        ("Keep what you eat even from one week to the next.",
         "Eat the same amount in all three weeks, from week to week."),
        ("The usual target is 0.6 to 0.8 mmol/L.",
         "The usual target is 0.6 to 0.8 millimoles per litre."),
        ("Some of these drugs allow no alcohol at all.",
         "Some of these drugs do not mix with any alcohol."),
        ("Dry skin isn't a must in heat stroke from sport, as some people still sweat.",
         "In heat stroke from sport the skin is often not dry, as some people still sweat."),
    ],
)  # fmt: skip
def test_the_same_thing_said_differently_contradicts_nothing(claim: str, passage: str) -> None:
    assert found(claim, passage) == ()


@pytest.mark.parametrize(
    ("claim", "passage", "reason"),
    [
        ("People with ADHD are not diagnosed when they are grown up.",
         "Some people with ADHD are diagnosed when they are grown up.", "negation"),
        ("Depression that is treated in pregnancy can harm the baby.",
         "Depression that is untreated in pregnancy can harm the baby.", "direction"),
        ("Everyone gets up at the same time every day.",
         "Many people get up at the same time every day.", "strength"),
        ("Most panic attacks last half an hour.",
         "Most panic attacks last ten minutes.", "number"),
        ("The tablet works for one day.", "Take two tablets a day.", "number"),
        ("Panic attacks last one hour.", "Panic attacks last a quarter of an hour.", "number"),
        ("The medicine is safe at all times in pregnancy.",
         "The medicine is usually safe at most times in pregnancy.", "strength"),
        ("One person in five gets diarrhoea in the first weeks.",
         "One person in ten gets diarrhoea in the first weeks.", "number"),
        ("Take the tablet after meals, 30 minutes later.",
         "Take the tablet 30 minutes before meals.", "direction"),
        ("About 75% of patients had turned negative by day 21.",
         "Of the patients 65.2% had turned negative by day 21.", "number"),
        ("Exactly 75% of patients had turned negative by day 21.",
         "Of the patients 75.2% had turned negative by day 21.", "number"),
        ("The medicine cannot work for you.", "The medicine may not work for you.", "certainty"),
        ("There is good evidence for melatonin in children.",
         "Good evidence for melatonin in children is lacking.", "negation"),
        ("CBT always works, which is why it is offered first.",
         "CBT may work, which is why it is offered first.", "strength"),
        ("Most people notice benefits before two weeks on SSRIs.",
         "Most people notice benefits after two weeks on SSRIs.", "direction"),
    ],
)  # fmt: skip
def test_the_opposite_is_still_seen(claim: str, passage: str, reason: str) -> None:
    assert any(r.startswith(reason) for r in found(claim, passage)), found(claim, passage)


def test_an_answering_no_denies_nothing() -> None:
    assert found("Flu is a respiratory illness.", "No. Flu is a respiratory illness.") == ()
    assert found("Flu is a respiratory illness.", "No, flu is a respiratory illness.") == ()


@pytest.mark.parametrize("passage", SENTENCES.values(), ids=SENTENCES)
def test_a_passage_never_contradicts_itself(passage: str) -> None:
    assert found(passage, passage) == ()


def test_a_cure_is_never_invented() -> None:
    passage = "Sertraline may help with panic disorder."
    assert any(r.startswith("strength") for r in found("Sertraline cures panic.", passage))
    denied = found("Sertraline does not cure panic disorder.", passage)
    assert not any(r.startswith("strength") for r in denied)
    assert found("There is no cure for autism.", "Autism has no cure.") == ()
