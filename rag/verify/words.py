"""Words as the checks compare them: lower-cased, stemmed, stop words apart."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

import Stemmer

_WORD = re.compile(r"[^\W_]+(?:['’.-][^\W_]+)*")
# What language models call the passages that they were given, by number.
_NUMBER = r"#?(?:\d{1,2}|one|two|three|four|five|six)\b"
_NUMBERED = (
    r"\b(?:passage|source|document|excerpt|snippet|reference|citation|context)s? "
    r"(?:(?:id|no|number)s?\.? )?"
    rf"(?:{_NUMBER}(?:(?:,? and |,? or | & |, ?| ?[–-] ?)(?:passage |source )?(?={_NUMBER}))?)+"
)
_CITATION_MARK = re.compile(
    r"\s?(?:\[\^?\d+(?:\s?[,–-]\s?\d+)*\]"
    rf"|[\[(](?:see |from |in |sources?:? ?|as (?:stated|mentioned) in )?{_NUMBERED}[\])])",
    re.IGNORECASE,
)
_SPOKEN_MARK = re.compile(rf"(?:\bthe )?{_NUMBERED}", re.IGNORECASE)

# Function words, and the frame words of explanations ("people", "may", "example") that any
# passage about anything would share: neither shows that a claim is in the text.
STOP_WORDS = frozenset(
    """a about above after again against all also although am among an and another any are as at be
    because been before being below between both but by can cannot could did do does doing don't
    down during each either else etc even ever every few for from further get gets getting had has
    have having he her here hers herself him himself his how however i if in instead into is isn't
    it its itself just let like likely made make makes many may me might more most much must my
    myself neither no nor not of off often on once one only or other others our ours ourselves out
    over own per possibly rather same shall she should since so some someone something sometimes
    such than that the their theirs them themselves then there therefore these they thing things
    this those though through thus to too under until up upon us usually very was way ways we well
    were what when where whether which while who whom whose why will with within without would yes
    yet you your yours yourself yourselves according based example examples generally include
    included includes including mentioned passage passages people person provided given several
    specific specifically using use used various help""".split()
)


def fold(text: str) -> str:
    """Typographic variants made one: NFKC, straight quotes, plain hyphens, single spaces."""
    text = unicodedata.normalize("NFKC", text)
    text = text.translate(_VARIANTS)
    return " ".join(text.split())


_VARIANTS = str.maketrans(
    {"’": "'", "‘": "'", "“": '"', "”": '"', "–": "-", "—": "-", "‐": "-", "‑": "-", "−": "-"}
)


def without_citation_marks(text: str) -> str:
    """The text without marks such as `[1]`, `[2, 3]` or `(Source 1)`; "passage 2" in the text
    becomes "the passage", since its number is nothing that a source states."""
    return _SPOKEN_MARK.sub("the passage", _CITATION_MARK.sub("", text)).strip()


def words(text: str) -> list[str]:
    """Lower-cased words, in order. Hyphenated compounds are split, apostrophes kept."""
    found: list[str] = []
    for match in _WORD.finditer(fold(text).lower()):
        found.extend(part for part in match[0].split("-") if part)
    return found


@lru_cache(maxsize=50_000)
def stem(word: str) -> str:
    """English Snowball stem, possessive and dots left out."""
    word = word.removesuffix("'s").replace(".", "").replace("'", "")
    return str(Stemmer.Stemmer("english").stemWord(word))


# The disorder, and neither "I AM SAD" nor "I feel so SAD".
_SAD = re.compile(r"(?<![A-Z] )(?<!so )(?<!feel )(?<!am )(?<!'m )(?<!very )\bSAD\b(?! [A-Z]{2})")


def content_stems(text: str) -> list[str]:
    """Stems of the words that carry meaning, in order, repeats kept.

    >>> content_stems("SAD"), content_stems("sadness")
    (['season', 'affect', 'disord'], ['sad'])
    """
    return [
        stem(word)
        for word in words(_SAD.sub("seasonal affective disorder", text))
        if word.removesuffix("'s") not in STOP_WORDS and len(word) > 1
    ]
