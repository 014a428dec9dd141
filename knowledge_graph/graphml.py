"""A graph as GraphML, which Gephi, yEd, Cytoscape, igraph and NetworkX read.

Format: http://graphml.graphdrawing.org/specification.html
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import IO
from xml.sax.saxutils import XMLGenerator
from xml.sax.xmlreader import AttributesImpl

from knowledge_graph.schema import Entity, Fact, GraphData

_NODE = ("kind", "id", "name", "synonyms", "xrefs")
_EDGE = ("relation", "origin", "passages", "line", "grade", "qualifier", "source")
_BETWEEN = "|"
# XML 1.0 has no way to write these, not even escaped.
_FORBIDDEN = {
    code: "\ufffd"
    for code in (*range(0x20), 0xFFFE, 0xFFFF, *range(0xD800, 0xE000))
    if code not in (0x9, 0xA, 0xD)
}


def write_graphml(stream: IO[bytes], data: GraphData) -> int:
    """Writes entities as nodes and Facts as directed edges, UTF-8; returns how many Facts.

    Lists (synonyms, passages) are joined with "|".
    """
    xml = XMLGenerator(stream, encoding="utf-8", short_empty_elements=True)
    xml.startDocument()
    _begin(xml, "graphml", {"xmlns": "http://graphml.graphdrawing.org/xmlns"})
    for domain, names in (("node", _NODE), ("edge", _EDGE)):
        for name in names:
            key = {"id": f"{domain}-{name}", "for": domain, "attr.name": name}
            _begin(xml, "key", {**key, "attr.type": "string"})
            xml.endElement("key")
    _begin(xml, "graph", {"id": "knowledge", "edgedefault": "directed"})
    for entity in data.entities:
        _described(xml, "node", {"id": entity.key}, _node(entity))
    count = 0
    for fact in data.facts:
        ends = {"source": fact.subject, "target": fact.object}
        _described(xml, "edge", {"id": f"f{count}", **ends}, _edge(fact))
        count += 1
    xml.endElement("graph")
    xml.endElement("graphml")
    xml.endDocument()
    return count


def _node(entity: Entity) -> Mapping[str, str]:
    values = (
        entity.kind.value,
        entity.id,
        entity.name,
        _BETWEEN.join(entity.synonyms),
        _BETWEEN.join(entity.xrefs),
    )
    return dict(zip(_NODE, values, strict=True))


def _edge(fact: Fact) -> Mapping[str, str]:
    passages = _BETWEEN.join(sorted(fact.passages))
    first = (fact.relation.value, fact.origin.value, passages)
    values = (*first, fact.line, fact.grade, fact.qualifier, fact.source)
    return dict(zip(_EDGE, values, strict=True))


def _described(
    xml: XMLGenerator, tag: str, attributes: Mapping[str, str], values: Mapping[str, str]
) -> None:
    _begin(xml, tag, attributes)
    for name, value in values.items():
        if value:
            _begin(xml, "data", {"key": f"{tag}-{name}"})
            xml.characters(value.translate(_FORBIDDEN))
            xml.endElement("data")
    xml.endElement(tag)


def _begin(xml: XMLGenerator, tag: str, attributes: Mapping[str, str]) -> None:
    kept = {name: value.translate(_FORBIDDEN) for name, value in attributes.items()}
    xml.startElement(tag, AttributesImpl(kept))
