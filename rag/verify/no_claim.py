"""Sentences that assert nothing about the world, so that no passage could support them.

Kept narrow on purpose: each pattern must match the whole sentence, and a sentence that names a
medicine, a number or a "but" is always checked.
"""

from __future__ import annotations

import re

from rag.verify.alignment import Analysed
from rag.verify.medicines import substances
from rag.verify.words import fold

_MAX_LEAD_IN_WORDS = 30
_HEADING_WORDS = 6  # "What you can do:" needs no pointer to what follows
# A longer line before a list points at the list.
_POINTERS = frozenset(
    "following follow these here steps below include includes including are ways tips things some "
    "several reasons examples example options points signs symptoms summary instructions".split()
)
# And it promises nothing: such a word is a claim of its own.
_CLAIMS = frozenset(
    "cure cures cured guarantee guaranteed guarantees always never safe unsafe dangerous all every "
    "stop must only best not no".split()
)
_CONTRAST = frozenset("but however although though nevertheless except instead still".split())

_COURTESIES = (
    r"(?:hi|hello|hey|thanks?|thank you)(?: (?:there|again|so much))?",
    r"thank(?:s| you) for (?:asking|sharing|reaching out)(?: (?:this|that))?",
    r"(?:i'm|i am|we are|we're) (?:so |very |really )?sorry (?:that )?"
    r"(?:to hear (?:that|this|about this)|you(?:'re| are) going through (?:this|that|a hard time)"
    r"|you feel this way)",
    r"(?:that|this) (?:sounds|must be|must feel) (?:really |very |so )?"
    r"(?:hard|difficult|tough|painful)",
    r"you(?:'re| are) not alone",
    r"i hope (?:this|that|it)(?: information| answer| summary)? "
    r"(?:helps(?: you)?|(?:is|was) helpful|answers your question)",
    r"(?:please )?(?:let me know|feel free to (?:ask|let me know)|don't hesitate to ask) if "
    r"(?:you have (?:any|more|further)(?: other| more| further)? questions"
    r"|(?:there is|there's) anything (?:else|more)(?: (?:that )?i can help(?: you)? with)?)",
    r"is there anything else (?:that )?(?:i can (?:help(?: you)? with|do for you)"
    r"|you(?:'d| would) like to know)\??",
    r"(?:sure|certainly|of course|absolutely|okay|great question|good question)(?: thing)?"
    r"(?:[,!.]? (?:i can help(?: you)?(?: with (?:that|this))?|i'd be happy to help))?",
    r"(?:i(?:'d| would)(?: be| am)? (?:be )?)?(?:happy|glad) to help(?: you)?"
    r"(?: with (?:that|this))?",
    r"take care",
)
_COURTESY = re.compile(rf"(?:{'|'.join(_COURTESIES)})[\s.!]*", re.IGNORECASE)

_SOURCES = (
    r"(?:the )?(?:given |provided |above |retrieved |cited |available )*"
    r"(?:passages?|sources?|texts?|context|documents?|information|evidence|excerpts?)"
    r"(?: provided| given)?"
)
_SORRY = (
    r"(?:(?:however|also|additionally|furthermore|therefore|thus|so|as such|in summary), )?"
    r"(?:(?:please |it is important to |it should be )?(?:note|noted) that )?"
    r"(?:(?:i'm |i am )?(?:sorry|unfortunately),? (?:but )?)?"
)
_REFUSALS = (
    rf"(?:based on {_SOURCES},? )?(?:i am |i'm |i was |it is )?"
    r"(?:unable to|not possible to|i cannot|i can't|i could not|i do not know|i don't know)"
    r"(?: (?:answer|determine|find|say|tell|provide|give))?\b[^.;:]*",
    rf"{_SOURCES} (?:do|does|did)(?: not|n't) (?:\w+ly )?"
    r"(?:mention|provide|contain|include|say|state|specify|give|address|answer|discuss|cover|have"
    r"|offer|explain|describe|name|list|indicate|detail)\b[^.;:]*",
    rf"none of {_SOURCES} (?:mentions?|says?|states?|gives?|describes?|covers?)\b[^.,;:]*",
    rf"what {_SOURCES} (?:do|does)(?: not|n't) (?:mention|say|state|give|cover) is\b[^.,;:]*",
    r"it is (?:unclear|not clear|not stated|not specified|not mentioned)\b[^.;:]*? (?:in|from|by) "
    rf"{_SOURCES}\b[^.;:]*",
    rf"there is (?:no|not enough) (?:\w+ )?(?:information|mention|evidence)\b[^.;:]* in {_SOURCES}"
    r"(?: (?:about|on|regarding)\b[^.,;:]*)?",
    r"i (?:do not|don't) have (?:enough|sufficient|any) information"
    r"(?: (?:about|on|to (?:say|tell|answer|know))\b[^.,;:]*)?",
)
_REFUSAL = re.compile(rf"{_SORRY}(?:{'|'.join(_REFUSALS)})[\s.!]*", re.IGNORECASE)


def no_claim(claim: Analysed) -> str | None:
    """Which kind of claimless sentence this is ("courtesy", "refusal", "lead-in"), else None."""
    text = fold(claim.text)
    if substances(claim.words) or _CONTRAST & set(claim.words[1:]) - {"but"}:
        return None
    if _COURTESY.fullmatch(text):
        return "courtesy"
    if " but " not in text.removeprefix("I'm sorry, but ") and _REFUSAL.fullmatch(text):
        return "refusal"
    return "lead-in" if text.endswith(":") and _only_leads_in(claim) else None


def _only_leads_in(claim: Analysed) -> bool:
    """A heading, or a line that points at the list after it and says nothing else."""
    said = set(claim.words)
    if _CLAIMS & said or any(not quantity.is_small_count for quantity in claim.quantities):
        return False
    if len(claim.words) <= _HEADING_WORDS:
        return True
    return len(claim.words) <= _MAX_LEAD_IN_WORDS and bool(_POINTERS & said)
