"""Follow-up questions made to stand alone by rule, such as "and for teenagers?".

Only the person's own questions are read, never an answer: what is carried over is a topic, and no
claim. A question that names its own topic is left as it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from rag.compose.facets import facets_of_question, without_facets
from rag.verify.words import STOP_WORDS, content_stems, words

_CONNECTIVE = re.compile(
    r"^(?:(?:and|but|or|so|ok(?:ay)?|also|then|thanks?(?: you)?|right|well|hm+|what about|"
    r"how about|what if|now)\b[\s,.!-]*)+",
    re.IGNORECASE,
)
_ABOUT = re.compile(r"\W*(?:and|but|or|also|ok(?:ay)?|so)?\W*(?:what|how) about\b", re.IGNORECASE)
_POINTS = re.compile(
    r"\b(?:it|its|this|that|these|those|they|them|their|(?:the )?(?:same|other|former|latter)|one|"
    r"there)\b",
    re.IGNORECASE,
)
# "Is it normal to ...", "it is hard": this "it" points at nothing before it.
_EXPLETIVE = re.compile(
    r"\b(?:(?:is|was|isn't|can|could|does|will|would) it (?:be )?(?:\w+ ){0,2}"
    r"(?:to|that|for|if|when)\b|"
    r"it(?:'s| is| was) (?:\w+ ){1,2}(?:to|that|for|if|when)\b|it (?:help|hurt)s? to\b|"
    r"(?:think|know|say|said|feel|mean|so|is|read|heard|sure|believe|true) that\b|"
    r"that (?:i|you|he|she|we|my)\b|is there|are there|there (?:is|are)|one of)",
    re.IGNORECASE,
)
# "Does that work for my son?": "that" is what helps, and not the topic.
_THAT_WORKS = re.compile(
    r"\b(?:that|this|it|they|these) (?:also )?(?:works?|helps?)\b", re.IGNORECASE
)
_SUBJECT = re.compile(r"\b(?:it|this|that|these|those|they|them)\b", re.IGNORECASE)
_OWNED = re.compile(r"\b(?:its|their)\b", re.IGNORECASE)
_QUALIFIES = re.compile(r"(?:for|in|with|at|during|after|among|while|when|if)\b", re.IGNORECASE)
_NOUN = re.compile(r"(?:the )?[\w-]+(?: effects)?", re.IGNORECASE)
# Words that ask, and say nothing about what is asked about.
_ASKING = frozenset(
    """ask explain mean know think happen happens happening want need help helps helped tell work
    works long last lasts often common normal better worse best good bad safe true possible please
    question answer kind type way much many quickly soon end old age ages first next else again
    really actually still always never ever feel feels feeling cope deal can't don't won't doesn't
    causes cause effects effect signs symptoms treatment treatments treated treat cured cure hello
    hi hey""".split()
)
_WHOM = frozenset(
    """child children kid kids teen teens teenager teenagers adolescent adolescents young adult
    adults older elderly old women woman men man girl girls boy boys pregnant pregnancy student
    students baby babies parent parents family families carer carers husband wife partner son
    daughter friend mum mom dad mother father brother sister""".split()
)


def standalone(question: str, earlier: Sequence[str], titles: Iterable[str] = ()) -> str:
    """`question` with the topic of the questions before it, where it names none of its own.

    `earlier`: the person's own messages, oldest first. `titles`: of the sources, which say what
    counts as a topic.

    >>> standalone("And for teenagers?", ["What helps with panic attacks?"])
    'What helps with panic attacks for teenagers?'
    >>> standalone("How is it treated?", ["What are the signs of insomnia?"])
    'How is insomnia treated?'
    >>> standalone("What is OCD?", ["What are the signs of insomnia?"])
    'What is OCD?'
    """
    if not earlier:
        return question
    known = frozenset(stem for title in titles for stem in content_stems(title))
    before = ""
    for asked in earlier:
        before = _joined(asked, before, known)
    return _joined(question, before, known)


def leans(question: str) -> bool:
    """Whether a question seems to rest on what was said before it."""
    bare = _CONNECTIVE.sub("", question)
    return bare != question or not _naming_words(without_facets(bare)) or _points_back(question)


def _joined(question: str, before: str, known: frozenset[str]) -> str:
    topic = _topic(before)
    if not topic or not leans(question):
        return question
    bare = _CONNECTIVE.sub("", question).strip(" ?!.,") or question
    new = _naming(bare)
    points_back = _points_back(bare)
    names_topic = bool(known & frozenset(content_stems(" ".join(new))))
    if names_topic and not points_back:
        # "What about insomnia?": another topic, the question as before.
        return before.replace(topic, bare) if _ABOUT.match(question) else question
    if points_back:
        return _sentence(_put_in(bare, topic))
    if _QUALIFIES.match(bare) and (_only_whom(bare) or not new):
        return _sentence(f"{before.strip(' ?!.')} {bare}")
    if _NOUN.fullmatch(bare) and facets_of_question(bare):
        return _sentence(f"{bare} of {topic}")
    return _sentence(f"{bare} ({topic})")


def _points_back(question: str) -> bool:
    """Whether it points at something before it; "since X is Y, how does it work?" does not."""
    plain = _EXPLETIVE.sub(" ", question)
    first = _POINTS.search(plain)
    return first is not None and not _naming(plain[: first.start()].rpartition(",")[0])


def _put_in(question: str, topic: str) -> str:
    """The topic in place of the first word that points at it, or behind the question."""
    if _THAT_WORKS.search(question):
        return f"{question} ({topic})"
    hidden = [match.span() for match in _EXPLETIVE.finditer(question)]
    for pattern, put in ((_OWNED, f"{topic}'s"), (_SUBJECT, topic)):
        for match in pattern.finditer(question):
            if not any(start <= match.start() < end for start, end in hidden):
                return question[: match.start()] + put + question[match.end() :]
    return f"{question} ({topic})"


def _only_whom(question: str) -> bool:
    spoken = [word for word in words(question) if word not in STOP_WORDS]
    return bool(spoken) and all(word in _WHOM for word in spoken)


def _topic(question: str) -> str:
    """The longest run of words that name what a question is about, as they were written."""
    naming = set(_naming(question))
    longest: list[str] = []
    run: list[str] = []
    for token in question.split():
        spoken = words(token)
        if not spoken or not naming.issuperset(spoken):
            run = []
            continue
        run = [*run, token.strip("?!.,;:()\"'")]
        longest = run if len(run) > len(longest) else longest
        if token[-1] in "?!.,;:":
            run = []
    return " ".join(longest)


def _naming(question: str) -> list[str]:
    """The words that say what a question is about; those of a facet only where no other does."""
    return _naming_words(without_facets(question)) or _naming_words(question)


def _naming_words(text: str) -> list[str]:
    silent = STOP_WORDS | _ASKING | _WHOM
    return [word for word in words(text) if word not in silent and len(word) > 1]


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}?"
