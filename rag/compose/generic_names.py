"""What a question calls otherwise, beside the names that the sources use."""

from __future__ import annotations

import re

from rag.verify.medicines import substance_of

_WORD = re.compile(r"[A-Za-z]{4,}")
# A "drink" that is followed by nothing that is drunk.
_DRINK = re.compile(
    r"\bdrink(?:ing|s)?\b(?=\W*$|[.,;!?]|\s+(?:on|with|while|when|and|or|if|too much|so much|a lot"
    r"|every|at|again|alone|before|after|during|heavily|make|makes|cause|causes|affect|affects)\b)",
    re.IGNORECASE,
)
# Bottles that somebody hides, finds or counts, and that are not said to hold something else.
_BOTTLES = re.compile(
    r"\b(?:(?:hid(?:es?|ing|den)?|stash\w*|found|finds?|finding|empty|empties)\b(?:\W+\w+){0,2}?\W+"
    r"(?:bottles|cans)|empties)\b(?!\s+of\b)",
    re.IGNORECASE,
)
_NOT_IN_BOTTLES = re.compile(
    r"\b(?:baby|babies|pills?|tablets?|medicines?|meds|perfume|pee|urine|plastic|recycl\w*"
    r"|hoard\w*|collect\w*)\b",
    re.IGNORECASE,
)
_NOT_ALCOHOL = re.compile(
    r"\b(?:alcohol\w*|water|coffee|tea|milk|juice|cola|caffeine|energy|fluids?|hot|thirst\w*"
    r"|(?:how much|what|which)\b.*\bdrink|drink(?:ing)? driving)\b",
    re.IGNORECASE,
)

# What drugs are called where they are bought, and the names that sources use.
_STREET = tuple(
    (re.compile(rf"\b(?:{spoken})\b", re.IGNORECASE), name)
    for spoken, name in {
        "ket": "ketamine",
        "nos|nangs?|whippets?": "nitrous oxide",
        "(?:on|off|from|did|does|doing|took|take|taking|dropp?(?:ed|ing)?) acid(?! reflux)": "LSD",
        "shrooms|magic mushrooms|(?:took|take|taking|on) mushrooms": "psilocybin",
        "(?:on|off|lines? of|does|doing|do|snort(?:s|ed|ing)?|sniff(?:s|ed|ing)?) coke": "cocaine",
    }.items()
)


def with_generic_names(question: str) -> str:
    """The question with the substance in brackets after each brand and after what drugs are called
    on the street, where it is not named too, and with "alcohol" after a "drink" that says of
    nothing else what is drunk, or after hidden bottles.

    Documents speak of fluoxetine. A search that knows only "Prozac" finds the one line that says
    what Prozac is, and misses what it does.

    >>> with_generic_names("does Prozac make you sleepy")
    'does Prozac (fluoxetine) make you sleepy'
    >>> with_generic_names("can I drink on sertraline")
    'can I drink (alcohol) on sertraline'
    >>> with_generic_names("my husband hides bottles in the garage")
    'my husband hides bottles (alcohol) in the garage'
    """
    known = substance_of()
    said = {word.lower() for word in _WORD.findall(question)}

    def add(match: re.Match[str]) -> str:
        substance = known.get(match[0].lower(), "")
        return match[0] if not substance or substance in said else f"{match[0]} ({substance})"

    question = _WORD.sub(add, question)
    for pattern, name in _STREET:
        if name.lower() not in said:
            question = pattern.sub(rf"\g<0> ({name})", question, 1)
    if _NOT_ALCOHOL.search(question):
        return question
    if not _NOT_IN_BOTTLES.search(question):
        question = _BOTTLES.sub(r"\g<0> (alcohol)", question, 1)
    return question if "(alcohol)" in question else _DRINK.sub(r"\g<0> (alcohol)", question, 1)
