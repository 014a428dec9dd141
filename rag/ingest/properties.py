"""What a file says about itself beside its text: publisher, dates, licence.

Only what is stated is taken. An author is the publisher when the name is that of an organisation;
a person's name never is, and neither is a guess from the words of the document.
"""

from __future__ import annotations

import datetime as dt
import re

from rag.ingest.clean import one_line

_ORGANISATION = re.compile(
    r"\b(?:institutes?|national|ministry|department|services?|health|college|association|society|"
    r"universit\w+|organi[sz]ation|cent(?:re|er)s?|agency|trust|foundation|authority|council|board|"
    r"nhs|who|nice|hospitals?|clinics?|committee|academy|office|administration|commission|royal|"
    r"federation|alliance|network|program(?:me)?|government|directorate|group|ltd|inc|gmbh)\b",
    re.IGNORECASE,
)
_PDF_DATE = re.compile(r"(?:D:)?(\d{4})(\d\d)?(\d\d)?")
_OLDEST_YEAR = 1950
# The metadata packet of a PDF, where it is not packed (ISO 16684-1).
_PACKET = re.compile(rb"<x:xmpmeta\b.{0,200000}?</x:xmpmeta>", re.DOTALL)
_TAGS = re.compile(r"<[^>]*>")
_MOST_CHARS = 300


def organisation(name: str) -> str:
    """The name, when it is that of an organisation; else "".

    >>> organisation("National Institute of Mental Health"), organisation("Jane Smith")
    ('National Institute of Mental Health', '')
    """
    name = one_line(name)[:_MOST_CHARS]
    return name if _ORGANISATION.search(name) else ""


def pdf_date(value: str) -> dt.date | None:
    """The day in a PDF date, such as `D:20240731160541-04'00'`; None when it makes no sense."""
    match = _PDF_DATE.match(value.strip())
    if not match:
        return None
    try:
        return sensible(dt.date(int(match[1]), int(match[2] or 1), int(match[3] or 1)))
    except ValueError:
        return None


def sensible(day: dt.date | None) -> dt.date | None:
    """The day, unless a clock that was wrong has written it."""
    if day is None or day.year < _OLDEST_YEAR or day > dt.date.today() + dt.timedelta(days=1):
        return None
    return day


def packet_field(data: bytes, *names: str) -> str:
    """The first of the fields, such as `dc:publisher`, that a PDF's metadata packet states."""
    packet = _PACKET.search(data)
    if packet is None:
        return ""
    text = packet[0].decode("utf-8", errors="replace")
    for name in names:
        tag = re.escape(name)
        found = re.search(rf"<{tag}\b[^>]*>(.{{0,2000}}?)</{tag}>", text, re.DOTALL)
        if found and (value := one_line(_TAGS.sub(" ", found[1]))):
            return value[:_MOST_CHARS]
    return ""
