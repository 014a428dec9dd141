"""What "it", "them" or "this medicine" stands for when the sentence before it was dropped.

In "SSRIs are the first medicine. [Benzodiazepines are banned.] People can become dependent on
them.", without the middle one, the last speaks of another medicine than its writer did. There is
no parser here: these rules err on the side of finding a word that points out of its sentence, and
are only asked where what stood before is gone.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from rag.verify.alignment import Analysed, EvidenceText, align
from rag.verify.context import POINTS_NOWHERE, opens_with_pointer
from rag.verify.words import STOP_WORDS, content_stems, fold, stem
from rag.verify.words import words as tokenised

# "The medicine", "the illness": nouns that say nothing unless it was said before which.
_GENERIC = frozenset(
    "medicine medicines medication medications drug drugs tablet tablets pill pills treatment "
    "treatments therapy therapies condition conditions illness disorder disease problem problems "
    "symptoms effects latter former same rest other others group programme program test".split()
)
_PEOPLE = frozenset("people children women men teens adults parents patients".split())
_NOUNS = _PEOPLE | {"help", "support", "care"}
_PLURAL = frozenset("they their them theirs".split())
_SINGULAR = frozenset("it its he she him her his".split())
_OBJECTS = frozenset("them him".split())
# Common verbs, which nothing in their form tells from nouns.
_SAYING = frozenset(
    "find say think feel know mean need want try take believe report show suggest learn".split()
)
# Between a noun and a pronoun these start a clause, in which the noun may be acted on.
_CLAUSES = frozenset(", because so but although though".split())
# What follows "it" where "it" acts; elsewhere something is done to it.
_VERBS = frozenset(
    "is was are were can cannot may might must will would should could has had does did do "
    "also often usually sometimes never always".split()
)
_TITLE = re.compile(r"[A-Z][a-z]+")


def points_outside(claim: Analysed) -> bool:
    """Whether the claim seems to speak of something that it does not name itself.

    >>> [points_outside(Analysed.of(text)) for text in (
    ...     "People can become dependent on them.", "Panic attacks pass, and they do no harm.")]
    [True, False]
    """
    if opens_with_pointer(claim):
        return True
    if len(claim.words) > 1 and claim.words[0] == "the" and claim.words[1] in _GENERIC:
        return True
    text = POINTS_NOWHERE.sub(" ", fold(claim.text))
    pieces = (tokenised(piece) for piece in re.split(r"[,;:]\s", text))
    words = [word for piece in pieces for word in (*piece, ",")]
    tokens = text.split()
    names = {t.strip("(),;:").lower() for t in tokens[1:] if _TITLE.fullmatch(t.strip("(),;:"))}
    for i, word in enumerate(words):
        following = words[i + 1] if i + 1 < len(words) else ""
        if word in ("this", "these", "such") and following in _GENERIC:
            return stem(following) not in {stem(w) for w in words[:i]}
        if word not in _PLURAL and word not in _SINGULAR:
            continue
        named = [w for w in words[: max(0, i - 1)] if _could_be_named(w, names)]
        if i and words[i - 1].endswith("s") and _could_be_named(words[i - 1], names):
            named.append(words[i - 1])  # "panic attacks, they": no verb stands right before
        plural = [w for w in named if _is_plural(w)]
        fitting = plural if word in _PLURAL else [w for w in named if not _is_plural(w)]
        last = max((j for j, w in enumerate(words[:i]) if w in fitting), default=i)
        acted_on = word in _OBJECTS or (word == "it" and not _acts(following))
        acted_on = acted_on and not _CLAUSES & set(words[last:i])
        if len(fitting) < (2 if acted_on else 1):
            return True
    return False


def same_antecedent(
    claim: Analysed, cited: Sequence[str], before: str, lost: Sequence[str]
) -> bool:
    """Whether `claim` still means the same after `before`, without the `lost` sentences.

    It does when the passage's own sentence names, in the place of the pronoun, something that
    `before` names, and nothing that only a lost sentence named.

    >>> same_antecedent(Analysed.of("It also helps sleep."), ["Exercise helps sleep."],
    ...                 "Exercise lifts mood.", ["It cures grief."])
    True
    """
    evidence = EvidenceText.of([text for text in cited if text.strip()])
    aligned = align(claim, evidence)
    if aligned is None or opens_with_pointer(aligned.sentence):
        return False
    named = frozenset(aligned.sentence.stems) - claim.stem_set
    stands = frozenset(content_stems(before))
    gone = frozenset(s for text in lost for s in content_stems(text)) - stands
    return bool(named & stands) and not named & gone


def what_stands(said: Iterable[tuple[str, bool]]) -> tuple[str, tuple[str, ...]]:
    """The last sentence that stays, and those after it that do not: what comes next follows the
    one and was written to follow the others. `said`: (sentence, whether it stays), in order.

    >>> what_stands([("One.", True), ("Two.", False), ("Three.", False)])
    ('One.', ('Two.', 'Three.'))
    """
    before = ""
    lost: list[str] = []
    for text, stays in said:
        before, lost = (text, []) if stays else (before, [*lost, text])
    return before, tuple(lost)


def misplaced(claim: Analysed, cited: Sequence[str], before: str, lost: Sequence[str]) -> bool:
    """Whether `claim`, read after `before` and without the `lost` sentences, may speak of another
    thing than its writer meant."""
    if not lost or not points_outside(claim):
        return False
    return not before or not same_antecedent(claim, cited, before, lost)


def _could_be_named(word: str, names: set[str]) -> bool:
    if word == "," or (word in STOP_WORDS and word not in _NOUNS):
        return False
    return word not in names and word not in _SAYING and not word.endswith(("ed", "ly"))


def _is_plural(word: str) -> bool:
    return word in _PEOPLE or (word.endswith("s") and not word.endswith(("ss", "us", "is")))


def _acts(following: str) -> bool:
    return following in _VERBS or (following.endswith("s") and following not in STOP_WORDS)
