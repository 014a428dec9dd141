"""A picture of an entity and what it stands next to, as SVG that can be read without zooming.

Two columns rather than a tangle: to the right what the entity says of others, to the left what
others say of it, each type of relation in a group of its own. Nothing is loaded from elsewhere.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby
from xml.sax.saxutils import escape

from knowledge_graph.schema import Entity, Fact, Kind, Origin, kind_of
from knowledge_graph.wording import relation_words

# Fills light enough for dark text: contrast above 7 : 1 (WCAG 2.2, level AAA).
_FILL: Mapping[Kind, str] = {
    Kind.DISORDER: "#f6d5d5",
    Kind.SYMPTOM: "#fbe6c8",
    Kind.SIDE_EFFECT: "#fbe6c8",
    Kind.MEDICATION: "#d3e4f7",
    Kind.DRUG_CLASS: "#d3e4f7",
    Kind.THERAPY: "#d6efd8",
    Kind.SELF_HELP: "#d6efd8",
}
_OTHER_FILL = "#e6e3ee"
_INK, _LINE, _FAINT = "#1f2430", "#7a8194", "#b5bac7"
_BOX_WIDTH, _BOX_HEIGHT, _ROW, _GROUP_GAP = 250, 28, 36, 26
_CENTRE_WIDTH, _GUTTER, _MARGIN, _TITLE = 250, 110, 24, 30
_LETTERS = 33  # of 13 px that fit into a box
_FONT = "font-family='Helvetica, Arial, sans-serif'"
_FULL_WIDTH = 2 * (_MARGIN + _BOX_WIDTH + _GUTTER) + _CENTRE_WIDTH
_SOLID = frozenset({Origin.CURATED, Origin.EXTRACTED})


def neighbourhood_svg(entity: Entity, facts: Sequence[Fact], names: Mapping[str, str]) -> str:
    """An SVG document.

    Args:
        facts: those to draw, each with `entity` at one end; several of one meaning are drawn once.
        names: entity key to the name to write; a key without one is written as it is.
    """
    right = _rows([f for f in facts if f.subject == entity.key], entity.key)
    left = _rows([f for f in facts if f.subject != entity.key], entity.key)
    height = max(_height(left), _height(right), 3 * _ROW) + 2 * _MARGIN
    middle = height / 2
    start_left, start_right = _MARGIN, _FULL_WIDTH - _MARGIN - _BOX_WIDTH
    centre_left = (_FULL_WIDTH - _CENTRE_WIDTH) / 2
    title = f"{entity.name}: what the graph says of it"
    parts = [
        f"<svg xmlns='http://www.w3.org/2000/svg' width='{_FULL_WIDTH}' height='{height:g}' "
        f"viewBox='0 0 {_FULL_WIDTH} {height:g}' role='img' {_FONT} font-size='13'>",
        f"<title>{_text(title)}</title>",
        "<rect width='100%' height='100%' fill='#ffffff'/>",
        *_column(left, names, start_left, _BOX_WIDTH, centre_left, height, middle),
        *_column(right, names, start_right, 0, centre_left + _CENTRE_WIDTH, height, middle),
        _box(centre_left, middle - 22, _CENTRE_WIDTH, 44, entity.key, entity.name, bold=True),
        f"<text x='{_FULL_WIDTH / 2:g}' y='{middle + 38:g}' text-anchor='middle' "
        f"fill='{_LINE}' font-size='11'>{_text(f'{entity.kind.value} · {entity.id}')}</text>",
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


Group = tuple[str, list[Fact], list[str]]


def _rows(facts: Sequence[Fact], key: str) -> list[Group]:
    """(words for the relation, the strongest Fact for each other end, the other ends)."""
    best: dict[tuple[str, str], Fact] = {}
    for fact in facts:
        place = fact.relation.value, fact.other(key)
        if place not in best or fact.strength > best[place].strength:
            best[place] = fact
    groups = []
    for _, pairs in groupby(sorted(best), key=lambda place: place[0]):
        places = list(pairs)
        of_group = [best[place] for place in places]
        words = relation_words(of_group[0].relation, reverse=of_group[0].subject != key)
        groups.append((words, of_group, [other for _, other in places]))
    return groups


def _height(groups: Sequence[Group]) -> float:
    return sum(_TITLE + len(facts) * _ROW for _, facts, _ in groups) + _GROUP_GAP * max(
        len(groups) - 1, 0
    )


def _column(
    groups: Sequence[Group],
    names: Mapping[str, str],
    left: float,
    inner: float,
    hub: float,
    height: float,
    middle: float,
) -> list[str]:
    """Boxes of one side, their group titles, and the curves to the centre box."""
    parts: list[str] = []
    y = (height - _height(groups)) / 2
    for words, facts, others in groups:
        parts.append(
            f"<text x='{left:g}' y='{y + 18:g}' fill='{_INK}' font-size='12' "
            f"font-style='italic'>{_text(words)}</text>"
        )
        y += _TITLE
        for fact, other in zip(facts, others, strict=True):
            at, row = left + inner, y + _BOX_HEIGHT / 2
            bend = (at + hub) / 2
            sure = fact.origin in _SOLID
            dashes = "" if sure else " stroke-dasharray='4 3'"
            parts.append(
                f"<path d='M{at:g} {row:g} C{bend:g} {row:g} {bend:g} {middle:g} {hub:g} "
                f"{middle:g}' fill='none' stroke='{_LINE if sure else _FAINT}'{dashes}/>"
            )
            name = names.get(other, other)
            parts.append(_box(left, y, _BOX_WIDTH, _BOX_HEIGHT, other, name, bold=False))
            y += _ROW
        y += _GROUP_GAP
    return parts


def _box(
    x: float, y: float, width: float, height: float, key: str, name: str, *, bold: bool
) -> str:
    short = name if len(name) <= _LETTERS else f"{name[: _LETTERS - 1].rstrip()}…"
    weight = " font-weight='bold'" if bold else ""
    return (
        f"<g><title>{_text(f'{name} ({key})')}</title>"
        f"<rect x='{x:g}' y='{y:g}' width='{width:g}' height='{height:g}' rx='6' "
        f"fill='{_FILL.get(kind_of(key), _OTHER_FILL)}' stroke='{_FAINT}'/>"
        f"<text x='{x + width / 2:g}' y='{y + height / 2 + 4.5:g}' text-anchor='middle' "
        f"fill='{_INK}'{weight}>{_text(short)}</text></g>"
    )


def _text(value: str) -> str:
    kept = "".join(c if c.isprintable() and not "\ud800" <= c <= "\udfff" else " " for c in value)
    return escape(kept, {"'": "&apos;"})
