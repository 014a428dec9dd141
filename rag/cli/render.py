"""Prints answers and passages for people. Colours only on a terminal; text is never markup."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

from rich.console import Console
from rich.text import Text

from rag.cli.checkup import Finding
from rag.model import (
    Answer,
    Citation,
    Evidence,
    GraphPath,
    Resource,
    RestsOn,
    Status,
    Verdict,
)

INDENT = 4  # columns
BIDI_CONTROLS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def print_answer(answer: Answer, *, evidence: bool = False) -> None:
    """The answer with its marks, numbered citations, and what was left out or looked at."""
    console = _console()
    crisis = answer.status is Status.CRISIS
    if crisis and answer.notice:  # a carer asked how to help, and the sources say so after it
        _print_wrapped(console, _text(answer.notice, "bold"), 0)
        _print_wrapped(console, _text(answer.text.removeprefix(answer.notice).strip()), 0)
    else:
        _print_wrapped(console, _text(answer.text, "bold" if crisis else ""), 0)
    if not crisis:  # a crisis answer names its lines in its own words
        for resource in answer.resources:
            _print_wrapped(console, _resource(resource))
    if answer.citations:
        console.print()
    for citation in answer.citations:
        _print_citation(console, citation, evidence)
    _print_paths(console, answer.paths)
    _print_origins(console, answer.citations)
    if answer.searched:
        console.print()
        _print_wrapped(console, _text("Looked at: " + "; ".join(answer.searched), "dim"), 0)
    _print_left_out(console, answer, evidence)
    _print_how(console, answer)


def print_hits(found: Sequence[Evidence], degraded: Sequence[str]) -> None:
    """Passages, best first, with their scores."""
    console = _console()
    if not found:
        console.print(_text("Nothing found."))
    for rank, evidence in enumerate(found, start=1):
        arms = "  ".join(f"{name} {score:.3f}" for name, score in evidence.hit.arms.items())
        console.print(_text(f"{rank}. {evidence.source.title}", "bold"), end="  ")
        console.print(_text(f"{evidence.hit.score:.4f}  {arms}  {evidence.passage.id}", "dim"))
        if evidence.passage.heading:
            _print_wrapped(console, _text(" > ".join(evidence.passage.heading), "italic"))
        _print_wrapped(console, _text(evidence.passage.text))
    if degraded:
        console.print(_text("Searched without: " + ", ".join(degraded), "yellow"))


def print_verdict(verdict: Verdict) -> None:
    """One line: supported or not, how strongly, and why not."""
    word = verdict.outcome.replace("_", " ")
    style = {"supported": "green", "unsure": "yellow"}.get(verdict.outcome, "red")
    console = _console()
    console.print(_text(f"{word} ({verdict.support:.2f})", style))
    for reason in verdict.reasons:
        _print_wrapped(console, _text(reason))


def print_findings(findings: Sequence[Finding], ready: bool) -> None:
    """What the doctor found, then what to do."""
    console = _console()
    for finding in findings:
        mark = _text("ok      ", "green") if finding.ok else _text("problem ", "red")
        console.print(mark.append_text(_text(finding.name, "bold")))
        for name, value in finding.facts.items():
            _print_wrapped(console, _fact(name, value))
    console.print()
    for line in (line for finding in findings for line in finding.advice):
        console.print(_text(f"- {line}"))
    console.print(_text("Ready to answer." if ready else "Not ready to answer.", "bold"))


def _fact(name: str, value: object) -> Text:
    if not isinstance(value, dict):
        return _text(f"{name} = {value}")
    parts = (f"{key} {item or 'missing'}" for key, item in value.items())
    return _text(f"{name}: " + ", ".join(parts))


def _print_citation(console: Console, citation: Citation, evidence: bool) -> None:
    section = [part for part in citation.heading if part != citation.title]
    where = [citation.publisher, str(citation.year or "no date"), _pages(citation.pages)]
    line = _text(f"[{citation.number}] ", "bold cyan")
    line.append_text(_text(citation.title, "bold"))
    line.append_text(_text("".join(f" > {part}" for part in section), "italic"))
    line.append_text(_text(". " + ", ".join(part for part in where if part)))
    _print_wrapped(console, line, 0)
    if citation.url:
        console.print(_text(" " * INDENT + citation.url, "blue"), soft_wrap=True)
    if evidence:
        _print_wrapped(console, _text(f"“{citation.quote}”", "italic"))


def _print_paths(console: Console, paths: Sequence[GraphPath]) -> None:
    """How the knowledge graph leads from the question to the answer."""
    if paths:
        console.print()
    for path in paths:
        marks = "".join(f"[{number}]" for number in path.citations)
        _print_wrapped(console, _text(f"{path.text}, stated in {marks}", "dim"))


def _print_origins(console: Console, citations: Sequence[Citation]) -> None:
    """What each cited digest rests on, once, however many of its passages are cited."""
    for source_id in dict.fromkeys(c.source_id for c in citations if c.rests_on):
        cited = [citation for citation in citations if citation.source_id == source_id]
        marks = "".join(f"[{citation.number}]" for citation in cited)
        console.print()
        verb = "rests" if len(cited) == 1 else "rest"
        console.print(_text(f"{marks} {verb} on:"))
        for origin in cited[0].rests_on:
            console.print(_text(" " * INDENT + _origin(origin), "dim"), soft_wrap=True)


def _print_left_out(console: Console, answer: Answer, evidence: bool) -> None:
    if not answer.dropped:
        return
    count = len(answer.dropped)
    noun = "sentence was" if count == 1 else "sentences were"
    console.print()
    console.print(_text(f"{count} {noun} left out: not supported well enough.", "dim"))
    if evidence:
        for dropped in answer.dropped:
            reasons = "; ".join(dropped.reasons)
            _print_wrapped(console, _text(f"{dropped.text} ({reasons})", "dim"))


def _print_how(console: Console, answer: Answer) -> None:
    """Which conversation it was read in, whose words these are, and what was down."""
    if answer.understood_as:
        console.print(_text(f"Understood as: {answer.understood_as}", "dim"), soft_wrap=True)
    if answer.llm:
        if answer.composed_by == "llm":
            told = f"Worded by {answer.llm.model}; each sentence was checked."
        else:
            told = f"{answer.llm.model} was asked, but its words are not used."
        console.print(_text(told, "dim"), soft_wrap=True)
        if answer.llm.problem:
            problem = f"The language model: {answer.llm.problem}."
            console.print(_text(problem, "yellow"), soft_wrap=True)
    arms = [name for name in answer.degraded if name != "llm"]
    if arms and answer.status is not Status.CRISIS:
        console.print(_text("Searched without: " + ", ".join(arms), "yellow"))


def _pages(pages: tuple[int, ...]) -> str:
    if not pages:
        return ""
    if len(pages) == 1:
        return f"p. {pages[0]}"
    return f"pp. {pages[0]}–{pages[-1]}"


def _origin(origin: RestsOn) -> str:
    edition = f" ({origin.edition})" if origin.edition else ""
    return f"{origin.publisher}, {origin.title}{edition} {origin.url}".rstrip()


def _resource(resource: Resource) -> Text:
    ways = [
        f"call {resource.phone}" if resource.phone else "",
        f"text {resource.sms}" if resource.sms else "",
        resource.url,
    ]
    line = _text(f"{resource.name} ({resource.country}): ", "bold")
    line.append_text(_text(", ".join(way for way in ways if way)))
    details = "; ".join(part for part in (resource.hours, resource.note) if part)
    return line.append_text(_text(f" — {details}" if details else ""))


def _print_wrapped(console: Console, text: Text, indent: int = INDENT) -> None:
    for line in text.wrap(console, console.width - indent):
        line.rstrip()
        console.print(Text(" " * indent).append_text(line), soft_wrap=True)


def _text(content: str, style: str = "") -> Text:
    """Text without control or direction-override characters: a document could carry either,
    and a terminal would obey them."""
    kept = (c for c in content if c == "\n" or not _is_control(c))
    return Text("".join(kept), style=style)


def _is_control(char: str) -> bool:
    return unicodedata.category(char) in ("Cc", "Cs") or char in BIDI_CONTROLS


def _console() -> Console:
    return Console(highlight=False, markup=False, emoji=False)
