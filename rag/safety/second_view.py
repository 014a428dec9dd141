"""What the classifier is shown of a conversation, and what is made of its word."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Protocol

from rag.safety.guards import Message, find_all, is_explained
from rag.safety.normalise import BREAK
from rag.safety.ruleset import SIGNAL, RuleSet

CANNOT_WAIT = frozenset({"overdose", "medication_reaction"})
_OF_MEDICINES = frozenset({"withdrawal", "medication_reaction"})
WINDOW = 2000  # words of a very long turn that are looked at together
OVERLAP = 60  # words of the turn before that are read with an unfinished one
_URGENT = frozenset({"suicide", "harm_to_others", "self_harm", "psychosis", "perinatal", "abuse"})
_FRAGMENT = 2  # a "sentence" of this many words or fewer is joined with its neighbours
_EXPLAINED = 25  # words; a longer sentence, or text without a full stop, says more than that
_QUESTION = 14  # words; in a longer one more is said than the question, or the trouble
_FRAME = 12  # words; a longer sentence says more than who plays whom
_MAY_BE_WHOLE = 6  # words
_FEWEST_ENGLISH = 0.5  # share of the words; of other languages the classifier knows nothing
_WRITER = frozenset("i me myself".split())


class Classifier(Protocol):
    """What `rag.safety.classifier.Classifier` offers."""

    def concern(self, words: Sequence[str], *, part: bool = False) -> str | None:
        """The concern of one message, or of a part of one that must stand out more, given as
        `rag.safety.normalise.tokens` returns it."""
        ...

    def stands_out(self, words: Sequence[str]) -> str | None:
        """The concern of a message read as a whole, where it is plain."""
        ...

    def harmless(self, words: Sequence[str], *, surely: bool = False) -> bool:
        """Whether a message, read as a whole, is clearly of no concern; with `surely`, beyond
        doubt."""
        ...


def concerns(
    messages: Sequence[list[str]], rules: RuleSet, classifier: Classifier
) -> tuple[set[str], bool]:
    """(what the classifier sees in the conversation, whether it is imminent)."""
    found: set[str] = set()
    imminent = False
    for words, part in _run_on(messages):
        unsure = part or _is_foreign(words, rules)
        shown = _unexplained(words, rules)
        name = classifier.concern(shown, part=unsure)
        if name is None and shown != words:
            # What the rules explain may be meant all the same: "Burn my wrist. Meaning to. Helps."
            name = classifier.stands_out(words)
        if name is not None and not _only_zaps(name, words, rules):
            found.add(name)
            urgent = name in _URGENT and Message.of(words, rules).has("at_once")
            imminent = imminent or urgent or name in CANNOT_WAIT
    return found, imminent


def joined_fragments(words: list[str]) -> list[str]:
    """Drop the breaks inside choppy text: "I just. can't. go on." is one sentence."""
    pieces: list[list[str]] = [[]]
    for word in words:
        if word == BREAK:
            pieces.append([])
        else:
            pieces[-1].append(word)
    out: list[str] = []
    for piece, following in pairwise(pieces):
        out.extend(piece)
        if min(len(piece), len(following) or _FRAGMENT + 1) > _FRAGMENT:
            out.append(BREAK)
    return out + pieces[-1]


def _run_on(messages: Sequence[list[str]]) -> Iterator[tuple[list[str], bool]]:
    """Each turn, and each unfinished one together with the next: half of a sentence says too
    little, or something else than the whole. Short halves are not judged alone; a longer one is,
    as a part (True): it may be whole though it has no full stop, and what is beside it must not
    water it down."""
    previous: list[str] = []
    for number, words in enumerate(messages):
        continues = bool(previous) and previous[-1] != BREAK
        ends = number == len(messages) - 1 or (bool(words) and words[-1] == BREAK)
        if continues:
            yield [*previous[-OVERLAP:], *words], False
        if ends and not continues:
            yield words, False
        elif len(words) >= _MAY_BE_WHOLE:
            yield words, True
        previous = words


def _unexplained(words: list[str], rules: RuleSet) -> list[str]:
    """Leave out sentences that the rules understood as harmless: "I am not suicidal". A very long
    turn is looked at piece by piece, so that the work grows no faster than its length."""
    words = joined_fragments(words)
    pieces = [_told(words[at : at + WINDOW], rules) for at in range(0, len(words), WINDOW)]
    kept = [word for told, framing in pieces for word, of in told if of not in framing]
    return kept if set(kept) - {BREAK} else [word for told, _ in pieces for word, _ in told]


def _told(words: list[str], rules: RuleSet) -> tuple[list[tuple[str, int]], set[int]]:
    """(each word of the sentences that are not explained, with the number of its sentence; the
    numbers of those that set a stage)."""
    message = Message.of(words, rules)
    explained = {
        message.sentence_of[match.start]
        for match in find_all(words, rules.index)
        if rules.rules[match.name].category != SIGNAL
        and is_explained(match, rules.rules[match.name], message, rules)
    }
    explained = {n for n in explained if len(message.numbered(n)) <= _EXPLAINED}
    explained |= _plain(message)
    numbered = zip(words, message.sentence_of, strict=True)
    return [(word, of) for word, of in numbered if of not in explained], _framing(message)


def _only_zaps(concern: str, words: Sequence[str], rules: RuleSet) -> bool:
    """Whether what seems a dangerous withdrawal or reaction is the zaps of stopped antidepressants,
    with no sign of danger beside them."""
    if concern not in _OF_MEDICINES:
        return False
    message = Message.of(words, rules)
    return message.has("zaps") and not message.has("not_only_zaps")


def _is_foreign(words: Sequence[str], rules: RuleSet) -> bool:
    """Holds for none of the cries in `training/triage/data`, however they are spelt."""
    said = [word for word in words if word != BREAK]
    known = sum(word in rules.lexicon.words or word in rules.lexicon.english for word in said)
    return known < _FEWEST_ENGLISH * len(said)


def _plain(message: Message) -> set[int]:
    """Short sentences that ask how a treatment goes ("does it hurt?"), or tell of a trouble that is
    known and no danger: waking up unable to move, debts from gambling."""
    return {
        message.sentence_of[start]
        for name in ("plain_question", "plain_trouble")
        for start, _ in message.cues.get(name, ())
        if len(message.numbered(message.sentence_of[start])) <= _QUESTION
    }


def _framing(message: Message) -> set[int]:
    """Sentences that begin by setting a stage, are short, and say nothing of the writer."""
    found = set()
    for start, _ in message.cues.get("frame", ()):
        number = message.sentence_of[start]
        sentence = [word for word in message.numbered(number) if word != BREAK]
        begins = start == 0 or message.words[start - 1] == BREAK
        if begins and len(sentence) <= _FRAME and _WRITER.isdisjoint(sentence):
            found.add(number)
    return found
