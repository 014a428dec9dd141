"""Somebody who looks after another and asks how: after the crisis answer the sources may speak.

"I found cuts on my granddaughter's arm. How do I talk to her?" gets lines to call first, like every
crisis, and then what the documents say on helping. It fails closed: a word of danger to the writer,
of means, or of what cannot wait, and nothing follows. It would be read first, or take the urgency
away.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from rag.model import Answer, Evidence

if TYPE_CHECKING:
    from rag.safety.triage import Triage

LEAD = "On how to help, the sources say:"


def _words(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Topic:
    """What a carer asks to help with: as the documents call it, and in whose title it stands."""

    name: str
    titles: re.Pattern[str]

    def admits(self, evidence: Evidence) -> bool:
        """Whether it is a section on helping somebody, of a document on this."""
        heading = evidence.passage.heading[-1] if evidence.passage.heading else ""
        return bool(self.titles.search(evidence.source.title) and _ON_HELPING.search(heading))


_ON_HELPING = _words(
    r"\bhelp\w* (?:someone|somebody|others|a friend|a person|people)\b|\btalk with someone\b"
    r"|\bfamil(?:y|ies)\b|\bcarers?\b|\bloved ones?\b"
)
_SUICIDE = Topic("suicide", _words(r"suicide prevention|safety plan"))
_SELF_HARM = Topic("self-harm", _words(r"self-harm"))
_OF_A_CATEGORY = {
    "psychosis": Topic("psychosis", _words(r"psychosis|schizophrenia")),
    "mania": Topic("mania in bipolar disorder", _words(r"bipolar")),
    "eating_disorder": Topic("eating disorder", _words(r"eating disorder|anorexia|bulimia")),
}
_NAMES_SUICIDE = _words(
    r"\bsuicid\w*|\b(?:kill|end)\w* (?:him|her|them|it|his|their)\w*|\b(?:die|dead|dying)\b"
)
_NAMES_SELF_HARM = _words(
    r"\b(?:cuts?|cutting|scars?|self[- ]?harm\w*|(?:hurts?|harms?|burns?|hurting|harming|burning)"
    r" (?:him|her|them)sel\w+)\b"
)
_ANOTHER = _words(
    r"\b(?:my|our|a|the) (?:[\w-]+ ){0,2}?(?:friend|mate|flatmate|roommate|housemate|neighbour"
    r"|colleague|partner|boyfriend|girlfriend|wife|husband|spouse|mother|mum|mom|father|dad"
    r"|brother|sister|son|daughter|teenager|grandson|granddaughter|grandchild|niece|nephew|cousin"
    r"|aunt|uncle|member|student|pupil|patient|client|grandma|grandad)(?:'?s)?\b"
)
_ASKS_HOW = _words(
    r"\bhow (?:(?:do|can|should|could|would|might) (?:i|we|you)|(?:best )?to) (?:best )?(?:help"
    r"|support|talk|speak|react|respond|approach|tell|say|ask|bring|handle|deal|calm|reach|be"
    r"|look|care|get|make|start)\b"
    r"|\bhow (?:should|ought) (?:i|we)\b"
    r"|\bwhat (?:do|can|should|could|must|ought|shall) (?:i|we)(?: to)? (?:do|say|tell|look)\b"
    r"|\bwhat (?:to|not to) (?:do|say|tell)\b"
)
# What somebody says who looks on; after these no "I" may be left.
_LOOKS_ON = _words(
    r"\b(?:i|we)(?:'m| am|m|'ve| have| just| only)* (?:found|saw|see|noticed|heard|know|think|guess"
    r"|feel like|promised|love|worr(?:y|ied)|scared for|afraid for|at a loss)\b"
    r"|\b(?:i|we) (?:do not|don'?t|dont) (?:know|want to"
    r" (?:shout|upset|push|scare|frighten|make|lose))"
    r"|\b(?:told|tells|tell|showed|shows|asked|asks|made|texted|messaged|to|with|trusts)"
    r" (?:me|us)\b"
    r"|\bif i say\b|\bcan (?:i|we)\b"
)
_WRITER = _words(r"\b(?:i|i'm|im|i've|ive|i'll|me|myself|my|mine|we|us)\b")
# Means, or what cannot wait: then only what to do now may be read.
_NOW = _words(
    r"\b(?:pills?|tablets?|overdos\w*|gun|guns|knife|knives|razor|blades?|rope|noose|bridge|roof"
    r"|train|poison\w*|petrol|locked|lock|bleed\w*|blood|faint\w*|collaps\w*|unconscious|heart"
    r"|chest|breath\w*|stab\w*|weapon|violen\w*|attack\w*|hit(?:s|ting)?|beat\w*|touch\w*"
    r"|without (?:\w+ ){1,4}(?:know|notic|find|see)\w*|\d*kgs?|\d*lbs?|stone|calor\w+"
    r"|pain(?:less\w*)|tonight|right now|goodbye|note|missing|plan(?:s|ned)?|days?|nights?)\b"
)


def helping_with(concern: Triage, said: Sequence[str]) -> Topic | None:
    """What a carer asks to help with, where the sources may speak after the crisis answer.

    `said`: what the person wrote so far. Only a first message counts: later, the concern may be of
    another message than the question.

    >>> from rag.safety.triage import Triage
    >>> helping_with(Triage(True, "psychosis"), ["My son hears voices. What can I do?"]).name
    'psychosis'
    """
    if len(said) != 1 or concern.imminent or concern.minor or concern.also:
        return None
    (message,) = said
    if not _ASKS_HOW.search(message) or _NOW.search(message) or _speaks_of_the_writer(message):
        return None
    if concern.category == "third_party":
        if _NAMES_SUICIDE.search(message):
            return _SUICIDE
        return _SELF_HARM if _NAMES_SELF_HARM.search(message) else None
    topic = _OF_A_CATEGORY.get(concern.category or "")
    return topic if _ANOTHER.search(message) else None


def followed_by(crisis: Answer, quoted: Answer) -> Answer:
    """The crisis answer, its lines and words first and whole, then the sentences of `quoted`."""
    notice = "\n\n".join(filter(None, (crisis.text, quoted.notice, LEAD)))
    said = quoted.text.removeprefix(quoted.notice).strip()
    return replace(
        quoted,
        status=crisis.status,
        question=crisis.question,
        text=f"{notice}\n{said}",
        notice=notice,
        resources=crisis.resources,
        degraded=(*crisis.degraded, *quoted.degraded),
        understood_as="",
    )


def _speaks_of_the_writer(message: str) -> bool:
    left = message
    for known in (_ASKS_HOW, _LOOKS_ON, _ANOTHER):
        left = known.sub(" ", left)
    return bool(_WRITER.search(left))
