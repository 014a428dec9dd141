"""How sentences state Facts: triggers between the names of two entities, each with its relation.

Precision comes first: a pattern is here only where what it says is nearly always a Fact. In a
trigger, `{` stands for the entities before it and `}` for those after it; both may be lists.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from knowledge_graph.relations import ENDS
from knowledge_graph.schema import Kind, Relation

_HOW = r"(?:(?:also|usually|often|sometimes|mainly|generally|commonly|most often|now and then) )?"
_PEOPLE = (
    r"(?:(?:some|many|most|older|young|younger|pregnant) )?(?:people|adults|children|teenagers|"
    r"women|men|patients|those|a person|someone)"
)
_WITH = rf"(?:{_PEOPLE} (?:and [a-z]+ )?(?:with|who have) )"
_A = r"(?:an? |the |some |other |many |common |early |main |another )*"


@dataclass(frozen=True, slots=True)
class Pattern:
    """A trigger and what it says. `turned`: the object stands before the trigger."""

    relation: Relation
    trigger: re.Pattern[str]
    turned: bool = False
    before: tuple[Kind, ...] | None = None
    after: tuple[Kind, ...] | None = None

    @property
    def left(self) -> tuple[Kind, ...]:
        """Kinds of entity looked for before the trigger."""
        return self.before or ENDS[self.relation][1 if self.turned else 0]

    @property
    def right(self) -> tuple[Kind, ...]:
        """Kinds of entity looked for after the trigger."""
        return self.after or ENDS[self.relation][0 if self.turned else 1]


def _pattern(
    relation: Relation,
    trigger: str,
    turned: bool = False,
    before: tuple[Kind, ...] | None = None,
    after: tuple[Kind, ...] | None = None,
) -> Pattern:
    return Pattern(relation, re.compile(trigger, re.IGNORECASE), turned, before, after)


_TREATED = Relation.TREATED_BY
_AGAINST = Relation.NOT_RECOMMENDED_FOR
_EFFECT = Relation.HAS_SIDE_EFFECT
_SYMPTOM = Relation.HAS_SYMPTOM
_RISK = Relation.RISK_FACTOR_FOR
_RISKS = (Kind.RISK_FACTOR,)
_SYMPTOMS = (Kind.SYMPTOM,)
_AVOID = Relation.CONTRAINDICATED_WITH
_MIXES = Relation.INTERACTS_WITH

PATTERNS: tuple[Pattern, ...] = (
    # Treatments. First what is advised against, so that it is never read as advice.
    _pattern(
        _AGAINST,
        r"\b(?:should not|must not|are not|is not|were not|was not) (?:be )?"
        + _HOW
        + r"(?:used|prescribed|offered|recommended|given|advised)(?: routinely)?"
        + r"(?: to treat| for| in| as a treatment for)\b",
    ),
    _pattern(_AGAINST, r"\bnot (?:recommended|advised|suitable) (?:for|in)\b"),
    _pattern(
        _TREATED,
        rf"\b(?:is|are|can be|may be) {_HOW}treated (?:mainly |first |best )?(?:with|by)\b",
    ),
    _pattern(
        _TREATED,
        rf"\b(?:is|are|can be|may be) {_HOW}used (?:to treat|for|in the treatment of)\b",
        turned=True,
    ),
    _pattern(
        _TREATED,
        r"\b(?:can|may|could|often|usually|also)(?: also| often)? "
        r"(?:treat|help (?:with|to treat)|ease|relieve|calm|lower|reduce)\b",
        turned=True,
    ),
    _pattern(_TREATED, rf"\bhelps? {_WITH}", turned=True),
    _pattern(_TREATED, rf"\b(?:can|may) (?:also )?help {_WITH}", turned=True),
    _pattern(
        _TREATED,
        r"\b(?:can|may) (?:also )?help (?=severe |mild |long-term |short-term |\uE000)",
        turned=True,
    ),
    _pattern(
        _TREATED,
        r"\b(?:is|are) (?:usually |often |generally )?(?:the |an? )?(?:[a-z-]+ ){0,2}"
        r"(?:first|standard|main|usual|common|effective|proven|recommended|approved)"
        r"(?: [a-z]+)? (?:treatments?|medicines?|choice|therap(?:y|ies)|options?)"
        rf"(?: [a-z]+)? (?:for|of) (?:{_WITH})?",
        turned=True,
    ),
    _pattern(
        _TREATED,
        r"\b(?:is|are) (?:prescription )?medicines? (?:that (?:are )?"
        r"(?:treat|used (?:mainly )?to treat)|for)\b",
        turned=True,
    ),
    _pattern(_TREATED, rf"\b(?:is|are) {_HOW}approved (?:for|to treat)\b", turned=True),
    _pattern(
        _TREATED,
        r"\b(?:medicines?|treatments?|therap(?:y|ies)) (?:for|of) \uE000(\d+)\uE001"
        r" (?:include|are|may include|can include)\b",
    ),
    # Side effects.
    _pattern(
        _EFFECT,
        r"\b(?:can|may|could) (?:also |sometimes |rarely |, rarely, |slightly )?"
        r"(?:cause|lead to|set off|bring on|trigger)\b",
    ),
    _pattern(_EFFECT, r"\b(?:side effects? )?(?:can|may) (?:make a person|make people)\b"),
    _pattern(
        _EFFECT,
        r"\bside effects? of \uE000(\d+)\uE001(?: (?:and|or) \uE000(\d+)\uE001)?"
        r" (?:can |may )?(?:include|are)\b",
    ),
    _pattern(_EFFECT, r"\bside effects? (?:can|may) (?:include|be)\b"),
    _pattern(_EFFECT, r"\b(?:raises?|increases?) the risk of\b"),
    # Who should not.
    _pattern(_AVOID, r"\bshould (?:not|never) (?:use|take|have|drink)\b", turned=True),
    _pattern(_AVOID, r"\b(?:must|should) not be (?:used|taken) (?:in|by|during)\b"),
    _pattern(_AVOID, r"\b(?:is|are) (?:generally |usually )?not recommended for\b"),
    # Mixing.
    _pattern(_MIXES, r"\b(?:can|may) (?:clash|interact|react badly) with\b"),
    _pattern(_MIXES, r"\b(?:can|may) (?:raise|lower|change|affect) the (?=\uE000\d+\uE001 level)"),
    _pattern(_MIXES, r"\b(?:mixing|combining|taking) \uE000(\d+)\uE001 with\b"),
    # Symptoms.
    _pattern(
        _SYMPTOM,
        r"\b(?:signs?|symptoms?) of \uE000(\d+)\uE001"
        r" (?:are|is|include|can be|may be|can include|may include)\b",
    ),
    _pattern(
        _SYMPTOM,
        r"\b(?:is|are|can be|may be) " + _A + r"(?:[a-z]+ )?(?:signs?|symptoms?) of\b",
        turned=True,
    ),
    _pattern(_SYMPTOM, r"\b(?:is|are) (?:very )?common in (?:people with )?", turned=True),
    _pattern(
        _SYMPTOM,
        r"\b(?:can|may|often) (?:also )?(?:bring|cause|show as|"
        r"make (?:a person|people|it|you)(?: feel)?)\b",
    ),
    _pattern(_SYMPTOM, r"\b(?:brings|causes|often causes|often brings)\b"),
    _pattern(_SYMPTOM, r"(?<=\uE001) (?:often |may |can )+(?:feel|have|get)\b"),
    # Risks.
    _pattern(_RISK, r"\b(?:raises?|increases?|adds? to) the (?:risk|chance) of\b"),
    _pattern(_RISK, r"\b(?:can|may|all|could) (?:all )?(?:raise|increase|add to) the risk of\b"),
    _pattern(
        _RISK,
        r"\b(?:can|may) (?:all |also )?(?:cause|set off|bring on|lead to|play a part in)\b",
        before=_RISKS,
        after=(Kind.DISORDER,),
    ),
    # Kinds.
    _pattern(Relation.IN_CLASS, r"\b(?:include|includes)\b", turned=True),
    _pattern(Relation.IN_CLASS, r",? such as\b", turned=True),
    _pattern(Relation.IN_CLASS, r"\b(?:is|are) (?:an? )?(?:older |newer |effective )?"),
    _pattern(Relation.IS_A, r"\bis (?:an? )(?:[a-z]+ )?(?:type|kind|form) of\b"),
    _pattern(
        Relation.COMORBID_WITH,
        r"\b(?:often |can |may |sometimes )*(?:comes?|occurs?|goes|go) (?:together )?with\b",
    ),
    _pattern(
        Relation.COMORBID_WITH,
        r"\b(?:often |can |may |sometimes )*(?:come|comes|occur|occurs|go) together with\b",
    ),
    _pattern(
        Relation.SCREENED_BY,
        r"\bis a (?:short )?(?:questionnaire|screen|screening test|screening form)"
        r"(?: [a-z]+){0,3} (?:for|of|about)\b",
        turned=True,
    ),
    _pattern(
        Relation.PROTECTS_AGAINST,
        r"\b(?:can|may|helps? to) (?:also )?(?:protect people from|protect against|"
        r"lower the risk of)\b",
    ),
    _pattern(Relation.PROTECTS_AGAINST, r"\blowers the risk of\b"),
)

ADVISED = re.compile(
    r"\b(?P<verb>recommends?|advises?|suggests?|names?|offers?|lists?)"
    r"(?P<against> against| not to use)?\b"
)
"""A body gives advice; what it advises and for whom both stand after it."""
NEGATED = re.compile(
    r"\b(?:not|no|non|never|without|neither|nor|cannot|unlikely|rather than|instead of|against|"
    r"unless|if|whether|myth|wrong|false that|less common than|differs?|different from|"
    r"mistaken for|ruled? out|look like|n't)\b",
    re.IGNORECASE,
)
"""What turns a statement round, or keeps it from being one, inside its scope."""
