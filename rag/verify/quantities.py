"""Numbers with their units, as they are said in clinical text."""

from __future__ import annotations

import re
from dataclasses import dataclass

from rag.verify.words import fold, without_citation_marks

_SMALL = {
    word: float(value)
    for value, word in enumerate(
        "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen "
        "fifteen sixteen seventeen eighteen nineteen twenty".split()
    )
}
_TENS = {
    word: float(10 * value)
    for value, word in enumerate("thirty forty fifty sixty seventy eighty ninety".split(), start=3)
}
_SCALES = {"hundred": 1e2, "thousand": 1e3, "million": 1e6, "billion": 1e9}
# "one" is mostly a pronoun ("one of the", "if one feels"), so the bare word is not a number.
_WORD_NUMBERS = {**_SMALL, **_TENS, "twice": 2.0, "dozen": 12.0}

# Unit -> (dimension, factor). Months and years stay apart from days: "a month" is not 30 days.
_UNITS: dict[str, tuple[str, float]] = {}
for _dimension, _table in {
    "mass": {
        "mcg": 1e-3,
        "µg": 1e-3,
        "μg": 1e-3,
        "microgram": 1e-3,
        "mg": 1.0,
        "milligram": 1.0,
        "g": 1e3,
        "gram": 1e3,
        "kg": 1e6,
        "kilogram": 1e6,
    },
    "volume": {"ml": 1.0, "millilitre": 1.0, "milliliter": 1.0, "litre": 1e3, "liter": 1e3},
    "time": {
        "second": 1 / 60,
        "sec": 1 / 60,
        "minute": 1.0,
        "min": 1.0,
        "hour": 60.0,
        "hr": 60.0,
        "day": 1440.0,
        "week": 10080.0,
        "fortnight": 20160.0,
    },
    "months": {"month": 1.0, "year": 12.0, "yr": 12.0, "decade": 120.0},
    "percent": {"%": 1.0, "percent": 1.0, "per cent": 1.0},
    "level": {
        "mmol/l": 1.0,
        "meq/l": 1.0,
        "millimoles per litre": 1.0,
        "millimoles per liter": 1.0,
    },
}.items():
    for _name, _factor in _table.items():
        _UNITS[_name] = (_dimension, _factor)

_NUMBER = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?|\.\d+"
_WORDS = "|".join(sorted({*_WORD_NUMBERS, *_TENS}, key=len, reverse=True))
_UNIT_NAMES = "|".join(re.escape(u) for u in sorted(_UNITS, key=len, reverse=True))
_QUANTITY = re.compile(
    rf"""
    (?<![\w.])(?<!(?-i:[A-Z])-)  # the 19 of COVID-19 counts nothing
    (?: (?P<digits>{_NUMBER})(?:st|nd|rd|th)?
      | (?P<tens>{"|".join(_TENS)}|twenty)-(?P<ones>{"|".join(list(_SMALL)[1:10])})
      | (?P<word>{_WORDS}) )
    (?:\s?-?\s?(?P<scale>hundred|thousand|million|billion)s?)?
    (?:\s?-?\s?(?P<unit>{_UNIT_NAMES})s?(?![\w]))?
    """,
    re.VERBOSE | re.IGNORECASE,
)
_HALF_HOUR = re.compile(r"\bhalf(?: an |-| a )hour\b", re.IGNORECASE)
_BEFORE_DIGITS = re.compile(  # "No.1", "EUR20", "$5": the number stands alone
    r"(?:\b(?:nos?|vol|pp?)\.\s?|\b(?:EUR|USD|GBP|CHF|US\$|A\$)|[$€£#])(?=\d)", re.IGNORECASE
)
_YEARS = re.compile(r"\b(1[5-9]|20)(\d\d)\s?-\s?(\d\d)\b(?!-)")
_RANGE_START = re.compile(
    rf"(?:{_NUMBER}|{_WORDS})\s?(?:,|-|to|and|or|-\s?to|,\s?or)\s?", re.IGNORECASE
)


_TIME = r"(second|minute|hour|day|week|month|year)"
_OR_TWO = re.compile(rf"\ban? {_TIME} or two\b", re.IGNORECASE)
_ONE = re.compile(rf"(?<!half )(?<!of )\ban? {_TIME} (?:apart|later|ago)\b", re.IGNORECASE)
# "From one week to the next", "one day at a time": counts nothing.
_COUNTS_NOTHING = re.compile(rf"\bone (?={_TIME} (?:to the next|at a time)\b)", re.IGNORECASE)
# "One person in five", "8 out of 10": neither end is part of a longer number, and nothing says of
# what unit the second is.
_SHARE = re.compile(
    rf"(?<![\w.,-])(?P<part>\d{{1,3}}|{_WORDS})(?: [a-z]+)? (?:in|out of)(?: every)? "
    rf"(?P<whole>\d{{1,3}}(?:,\d{{3}})+|\d+|{_WORDS})(?![\w%-]|[.,]\d)"
    rf"(?!\s(?:hundred|thousand|million|billion|(?:{_UNIT_NAMES})s?)\b)",
    re.IGNORECASE,
)
_ROUNDED = 0.05
_FIRST_YEAR, _LAST_YEAR = 1900, 2100


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number as said, and its value in the base unit of its dimension ("" for a bare number)."""

    number: float
    value: float
    dimension: str
    surface: str

    def agrees_with(self, other: Quantity) -> bool:
        """Whether `other` states this quantity: same value and dimension, or this one is bare."""
        if not self.dimension:
            return _close(self.number, other.number)
        return self.dimension == other.dimension and _close(self.value, other.value)

    def is_near(self, other: Quantity) -> bool:
        """Whether `other` rounded may be this: within 5%, in the same dimension."""
        same = not self.dimension or self.dimension == other.dimension
        mine, theirs = (self.value, other.value) if self.dimension else (self.number, other.number)
        return same and abs(mine - theirs) <= _ROUNDED * max(abs(mine), abs(theirs))

    @property
    def is_small_count(self) -> bool:
        """A bare count that a writer may have made ("three kinds of") rather than read."""
        return not self.dimension and self.number <= 10 and not self.surface[0].isdigit()


def _close(a: float, b: float) -> bool:
    return abs(a - b) <= 1e-9 * max(abs(a), abs(b), 1.0)


def quantities(text: str) -> tuple[Quantity, ...]:
    """Every number of `text` with its unit. The lower end of a range takes the upper's unit.

    >>> [(q.value, q.dimension) for q in quantities("5 to 10 mg for two weeks")]
    [(5.0, 'mass'), (10.0, 'mass'), (20160.0, 'time')]
    """
    text = _HALF_HOUR.sub("30 minutes", fold(without_citation_marks(text)))
    text = _COUNTS_NOTHING.sub("", _BEFORE_DIGITS.sub(" ", _YEARS.sub(_both_years, text)))
    found: list[Quantity] = []
    spans: list[tuple[int, int]] = []
    factors: list[float] = []
    for match in _QUANTITY.finditer(text):
        if _is_pronoun(match):
            continue
        value = _value(match)
        dimension, factor = _UNITS.get((match["unit"] or "").lower(), ("", 1.0))
        found.append(Quantity(value, value * factor, dimension, match[0].strip()))
        spans.append(match.span())
        factors.append(factor)
    for i in range(len(found) - 2, -1, -1):
        to_upper = text[spans[i][0] : spans[i + 1][0]]
        upper = found[i + 1]
        if not found[i].dimension and upper.dimension and _RANGE_START.fullmatch(to_upper):
            factors[i] = factors[i + 1]
            number = found[i].number
            found[i] = Quantity(number, number * factors[i], upper.dimension, found[i].surface)
    return tuple(found)


def loose_quantities(text: str) -> tuple[Quantity, ...]:
    """What a passage says loosely: of "a week or two" both one week and two, of "a minute apart"
    one minute.

    >>> [q.number for q in loose_quantities("It lasts a week or two.")]
    [1.0, 2.0]
    >>> [q.surface for q in loose_quantities("A minute apart, two a day, half a year later.")]
    ['one minute']
    """
    said = [f"one {unit}, two {unit}s" for unit in _OR_TWO.findall(text)]
    said += [f"one {unit}" for unit in _ONE.findall(text)]
    return tuple(q for one in said for q in quantities(one))


def shares(text: str) -> tuple[Quantity, ...]:
    """Shares that are said as one number in another, in percent.

    >>> [q.value for q in shares("One person in five, and 3 out of 100")]
    [20.0, 3.0]
    """
    found = []
    for match in _SHARE.finditer(fold(without_citation_marks(text))):
        part, whole = _count(match["part"]), _count(match["whole"])
        if 0 < part < whole and not _FIRST_YEAR <= whole < _LAST_YEAR:
            percent = 100 * part / whole
            found.append(Quantity(percent, percent, "percent", match[0]))
    return tuple(found)


def _count(said: str) -> float:
    known = _WORD_NUMBERS.get(said.lower())
    return float(said.replace(",", "")) if known is None else known


def _both_years(match: re.Match[str]) -> str:
    """ "2018-19" as "2018-2019"; the same is written both ways."""
    century, first, last = match.groups()
    return f"{century}{first}-{century}{last}" if last > first else match[0]


def _is_pronoun(match: re.Match[str]) -> bool:
    return (match["word"] or "").lower() == "one" and (match["unit"] or "").lower() not in _UNITS


def _value(match: re.Match[str]) -> float:
    if match["digits"]:
        value = float(match["digits"].replace(",", ""))
    elif match["tens"]:
        tens = match["tens"].lower()
        value = (_TENS.get(tens) or 20.0) + _SMALL[match["ones"].lower()]
    else:
        value = _WORD_NUMBERS[match["word"].lower()]
    return value * _SCALES.get((match["scale"] or "").lower(), 1.0)
