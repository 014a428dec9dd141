"""What a line of navigation, a link, a reference or an imprint looks like."""

from __future__ import annotations

import re

_BOILERPLATE = re.compile(
    r"""
    (?:skip\ to|on\ this\ page|in\ this\ section|jump\ to|back\ to\ top|table\ of\ contents|menu\b
    |no\ links\ available|see\ more|show\ more|share\ (?:this|on|via|the)|share$|tweet|print\b
    |follow\ (?:us|nimh|cdc|samhsa)|copy\ (?:post|link)|find\ more\ ?resources
    |subscribe|sign\ up|log\ in|download\ (?:pdf|png|the\ pdf|image)
    |(?:last|page\ last|date\ last|content)\ (?:reviewed|updated|modified)|reviewed:|updated:
    |(?:disponible|también)\ |also\ (?:available\ )?in\ ?spanish|en\ español
    |cookies?\b|we\ use\ cookies|accept\ (?:all\ )?cookies|all\ rights\ reserved|©|copyright\b
    |article:|order\ (?:a|free)\b|¿|esta\ página|(?:figure|table)\ \d+[.:]
    |having\ (?:problems|trouble)\ (?:accessing|viewing)
    |view\ (?:all|more|this\ page|transcript|samhsa|cdc|nimh)
    |(?:learn|read|find\ out|see|to\ learn)\ more\b|learn\ ?about\b|access\ the
    |for\ (?:more|additional)\ (?:information|resources))
    """,
    re.IGNORECASE | re.VERBOSE,
)
_POINTER = re.compile(r"(?:learn|read|find out) more\b[^.!?]*[.!?]?", re.IGNORECASE)
_FIGURE_NOTE = re.compile(r"[*†‡]+\s?[A-Z]|\d{1,2}[A-Z][a-z]+\s")
_RIGHTS = re.compile(
    r"\bin the public domain\b|\bcopyright policy\b|\bwithout permission\b|\brights reserved\b"
    r"|\bdisponible en español\b",
    re.IGNORECASE,
)
_SHARE = re.compile(r"#share|\binfographic (?:may|can|will)\b", re.IGNORECASE)
_RIGHTS_MAX_WORDS = 80
_BOILERPLATE_MAX_WORDS = 18  # a longer text that begins like this also says something
_COOKIES = re.compile(
    r"\bcookies?\b.*\b(?:accept|consent|preferences|settings|reject)\b", re.I | re.S
)
_COOKIES_MAX_WORDS = 80
_IMPRINT = re.compile(
    r"\bNIH Publication|\bHHS Publication|\bISBN\b|\bISSN\b|^U\.S\. Department of Health"
    r"|\b(?:Phone|Toll-free|Fax|TTY|Email|Website|Tel)\s*:|\b[A-Z]{2} \d{5}(?:-\d{4})?\b",
    re.IGNORECASE,
)
_IMPRINT_MAX_WORDS = 60
_MARKED_LINK = re.compile(
    r"Also in ?[A-Z]"
    r"|\((?:PDF|XLSX?|DOCX?|PPTX?|HTML)\b[^)]*\)|-\s?PDF\b"
    r"|\bsee more articles\b|^Article:|(?:\.\.\.|…)$"
    r"|[a-z?!.)]\((?:[A-Z][\w’'.&-]*,? )+(?:[a-z]{2,3} )*[A-Z][\w’'.-]*(?:\)|\s)"  # Title(Publisher
    r"|\s\|\s[A-Z]{2,6}$"
)
_REFERENCE = re.compile(
    r"\bet al\.|\b(?:doi|DOI):|\bPMID\b"
    r"|\b(?:Retrieved|Accessed) (?:from|at|on|\w+ \d)|\bAvailable from\b"
    r"|\b(?:19|20)\d\d(?: [A-Z][a-z]{2}(?: \d+)?)?;\s?(?:\d+|https?:)"  # 2015 May 3;1
    r"|;\s?\d+(?:\(\d+\))?:\s?e?\d+"  # ; 41(3):214
)
_TERMINAL = re.compile(r"[.!?][\"'”’)\]]*(?:\d{1,2}(?:,\d{1,2})*)?$")
_WORD = re.compile(r"[^\W\d_][\w’'-]*")
_LEADS_ELSEWHERE = re.compile(
    r"\b(?:more (?:information|about)|learn more|visit|(?:resources|websites)(?: include)?|related"
    r"|following (?:agencies|organi[sz]ations|links?|pages)|see also|read|download|publications)\b"
    r"[^.!?]*:$",
    re.IGNORECASE,
)
_NAMES_LINKS = re.compile(
    r"""^(?:
    (?:more|additional|related|other|suggested|featured|federal|find|useful|external)\ .*
        (?:resources?|links?|information|topics?|agencies|organizations|pages|releases|publications)
    |resources?|links|references?\b.*|sources|bibliography|footnotes?|publications?|see\ also
    |see,\ play\ and\ learn|journal\ articles.*|clinical\ trials|patient\ handouts|find\ an\ expert
    |medical\ encyclopedia|related\ health\ topics|other\ languages|videos?\ and\ tutorials
    |test\ your\ knowledge|health\ check\ tools|statistics\ and\ research|latest\ news|specifics
    |start\ here|learn\ more|for\ (?:more\ )?information|contact\ us|related\ issues|multimedia
    |national\ institutes\ of\ health|.*magazine|share\ .*|news|events|spotlight|for\ professionals
    )$""",
    re.IGNORECASE | re.VERBOSE,
)
_TEASER = re.compile(
    r"(?:find|get|view|join|access|explore|browse|watch|see|learn|check out|what)\b[^.!?]*"
    r"\b(?:resources|publications|webinars|mailing list|updates|announcements|news|infographic"
    r"|videos?|toolkits?|evaluations?|looking for|success)\b[^.!?]*[.!?]?",
    re.IGNORECASE,
)
_TEASER_MAX_WORDS = 26
_TITLED = re.compile(r"[^.:]{2,90}: ")
_PROMOTION = re.compile(
    r"^(?:digital shareables|share .*|featured (?:videos|fact sheets)|social media.*|multimedia"
    r"|free (?:health )?information|science updates)$",
    re.IGNORECASE,
)
_ADDRESS = re.compile(r"(?:https?://|www\.)\S+|\S+@\S+\.\w+")
_MOSTLY_ADDRESS = 0.3  # share of a label's characters
_RUN_TOGETHER = re.compile(r"[a-z)?][A-Z]")
_MANY_SEAMS = 3
_LINK_MAX_WORDS = 18
_MARKED_LINK_MAX_WORDS = 40
_REFERENCE_MAX_WORDS = 90
_PHRASE_MAX_WORDS = 8
_TITLE_CASE = 0.7  # share of longer words with a capital
_SMALL_WORD_CHARS = 4


def is_boilerplate(text: str) -> bool:
    """Navigation, share buttons, cookie banners, captions, rights and imprints."""
    words = len(text.split())
    if _POINTER.fullmatch(text) or _FIGURE_NOTE.match(text):
        return True
    if words <= _RIGHTS_MAX_WORDS and (_RIGHTS.search(text) or _SHARE.search(text)):
        return True
    if words <= _BOILERPLATE_MAX_WORDS and _BOILERPLATE.match(text):
        return True
    if words <= _COOKIES_MAX_WORDS and _COOKIES.search(text):
        return True
    short = words <= _IMPRINT_MAX_WORDS and not is_finished(text)
    return short and _IMPRINT.search(text) is not None


def is_reference(text: str) -> bool:
    """An entry of a list of literature."""
    return _REFERENCE.search(text) is not None and len(_WORD.findall(text)) < _REFERENCE_MAX_WORDS


def is_marked_link(text: str) -> bool:
    """A link with its publisher, file type or language glued on; or a teaser that breaks off."""
    return (
        bool(_MARKED_LINK.search(text))
        and len(text.split()) <= _MARKED_LINK_MAX_WORDS
        and (not is_finished(text) or text.endswith(("...", "…")))
    )


def is_finished(text: str) -> bool:
    """Whether the text ends as a sentence does."""
    return bool(_TERMINAL.search(text)) and not text.endswith("...")


def is_short_phrase(text: str) -> bool:
    """A few words that are no sentence."""
    return len(text.split()) <= _PHRASE_MAX_WORDS and not is_finished(text)


def is_link(text: str) -> bool:
    """What reads as the title of another page: words in title case, or a marked link."""
    words = text.split()
    if len(words) > _LINK_MAX_WORDS or text.endswith((".", ":", ";")):
        return False
    return is_marked_link(text) or _is_title_case(text)


def is_fragment(text: str) -> bool:
    """A paragraph that is no sentence: a label, a title, an address, or labels run together."""
    if is_finished(text):
        return False
    addresses = sum(len(address) for address in _ADDRESS.findall(text))
    if addresses >= _MOSTLY_ADDRESS * len(text):
        return True
    return is_short_phrase(text) or is_run_together(text) or _is_title_case(text)


def is_run_together(text: str) -> bool:
    """Several labels without anything between them."""
    return len(_RUN_TOGETHER.findall(text)) >= _MANY_SEAMS and not is_finished(text)


def is_teaser(text: str) -> bool:
    """A paragraph that only points to other pages of its site."""
    return len(text.split()) <= _TEASER_MAX_WORDS and bool(_TEASER.fullmatch(text))


def describes_link(text: str) -> bool:
    """An item of a link list: a title with a description, a question, or no sentence at all."""
    return bool(_TITLED.match(text)) or not is_finished(text) or text.rstrip("'’!").endswith("?")


def leads_elsewhere(text: str) -> bool:
    """A lead-in whose list holds places to read on."""
    return bool(_LEADS_ELSEWHERE.search(text))


def names_links(heading: str) -> bool:
    """A heading under which pages keep links rather than text."""
    return bool(_NAMES_LINKS.match(heading.strip()))


def names_promotion(heading: str) -> bool:
    """A heading under which pages advertise their own material."""
    return bool(_PROMOTION.match(heading.strip()))


def _is_title_case(text: str) -> bool:
    longer: list[str] = [word for word in _WORD.findall(text) if len(word) >= _SMALL_WORD_CHARS]
    if len(longer) < 2:
        return False
    return sum(word[0].isupper() for word in longer) >= _TITLE_CASE * len(longer)
