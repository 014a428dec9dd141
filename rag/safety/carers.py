"""Somebody who looks after another and asks how: after the crisis answer the sources may speak.

"I found cuts on my granddaughter's arm. How do I talk to her?" gets lines to call first, like every
crisis, and then what the documents say on helping. Where help cannot wait, where the writer may be
the one in danger, and where a medicine is the matter, nothing follows: it would be read first, or
take the urgency away.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from rag.model import Answer

if TYPE_CHECKING:
    from rag.safety.triage import Triage

LEAD = "On how to help, the sources say:"
_OF_ANOTHER = "third_party"
# Concerns that may be of the writer or of another, and how the documents call them.
_TOPICS = {
    "psychosis": "psychosis",
    "mania": "mania in bipolar disorder",
    "eating_disorder": "eating disorder",
    "child": "",
}
_NAMED = {
    "self-harm": re.compile(
        r"\b(?:cuts?|cutting|scars?|self[- ]?harm\w*|(?:hurts?|harms?|burns?|hurting|harming"
        r"|burning) (?:him|her|them)\w*)\b",
        re.IGNORECASE,
    ),
    "suicide": re.compile(
        r"\bsuicid\w*|\b(?:kill|end)\w* (?:him|her|them|it|his|their)\w*|\b(?:die|dead)\b",
        re.IGNORECASE,
    ),
}
_ANOTHER = re.compile(
    r"\b(?:my|our|his|her|a|the) (?:[\w-]+ ){0,2}?(?:friend|flatmate|roommate|housemate|neighbour"
    r"|colleague|partner|boyfriend|girlfriend|wife|husband|spouse|mother|mum|mom|father|dad"
    r"|brother|sister|son|daughter|child|kid|teenager|grandson|granddaughter|grandchild|niece"
    r"|nephew|cousin|aunt|uncle|member|student|pupil|patient|client|grandma|grandad)\b",
    re.IGNORECASE,
)
_ASKS_HOW = re.compile(
    r"\bhow (?:(?:do|can|should|could|would|might) (?:i|we|you)|(?:best )?to) (?:best )?(?:help"
    r"|support|talk|speak|react|respond|approach|tell|say|ask|bring|handle|deal|calm|reach|be"
    r"|look|care|get|make|start)\b"
    r"|\bhow (?:should|ought) (?:i|we)\b"
    r"|\bwhat (?:do|can|should|could|must|ought|shall) (?:i|we)(?: to)? (?:do|say|tell|look)\b"
    r"|\bwhat (?:to|not to) (?:do|say|tell)\b",
    re.IGNORECASE,
)


def helping_with(concern: Triage, question: str) -> str | None:
    """What a carer asks to help with ("self-harm"), empty where the words do not say; None where
    nobody looks after another and asks what to do or say, or where help cannot wait.

    >>> from rag.safety.triage import Triage
    >>> helping_with(Triage(True, "psychosis"), "My brother hears voices, what should I do?")
    'psychosis'
    """
    if concern.imminent or not _ASKS_HOW.search(question):
        return None
    if concern.category == _OF_ANOTHER:
        return next((topic for topic, words in _NAMED.items() if words.search(question)), "")
    topic = _TOPICS.get(concern.category or "")
    return topic if topic is not None and _ANOTHER.search(question) else None


def followed_by(crisis: Answer, quoted: Answer) -> Answer:
    """The crisis answer, its lines and words first and whole, then the sentences of `quoted`."""
    notice = "\n\n".join(filter(None, (crisis.text, quoted.notice, LEAD)))
    said = quoted.text.removeprefix(quoted.notice).strip()
    return replace(
        quoted,
        status=crisis.status,
        text=f"{notice}\n{said}",
        notice=notice,
        resources=crisis.resources,
    )
