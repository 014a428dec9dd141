"""GraphML and SVG: what is written can be read by others, whatever the names hold."""

from __future__ import annotations

import io

import networkx as nx
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from knowledge_graph.graphml import write_graphml
from knowledge_graph.schema import Entity, Fact, GraphData, Kind, Origin, Relation
from knowledge_graph.svg import neighbourhood_svg

PANIC = Entity(Kind.DISORDER, "DOID:594", "panic <disorder> & co", ("a|b", "“c”"), ("MESH:1",))
CBT = Entity(Kind.THERAPY, "cbt", "CBT")
FACT = Fact(
    PANIC.key, Relation.TREATED_BY, CBT.key, Origin.CURATED, frozenset({"p2", "p1"}), "first", "A"
)
SVG = "{http://www.w3.org/2000/svg}"


def graphml(data: GraphData) -> bytes:
    stream = io.BytesIO()
    assert write_graphml(stream, data) == len(list(data.facts))
    return stream.getvalue()


def test_networkx_reads_our_graphml() -> None:
    twice = Fact(PANIC.key, Relation.SUITED_TO, CBT.key, Origin.EXTRACTED)
    graph = nx.parse_graphml(graphml(GraphData([PANIC, CBT], [FACT, twice])))
    assert dict(graph.nodes[PANIC.key]) == {
        "kind": "Disorder",
        "id": "DOID:594",
        "name": "panic <disorder> & co",
        "synonyms": "a|b|“c”",
        "xrefs": "MESH:1",
    }
    first, second = graph.get_edge_data(PANIC.key, CBT.key).values()
    assert first == {
        "relation": "TREATED_BY",
        "origin": "curated",
        "passages": "p1|p2",
        "line": "first",
        "grade": "A",
    }
    assert second["relation"] == "SUITED_TO"


@given(st.text(), st.text(), st.text())
def test_any_text_makes_well_formed_documents(name: str, identifier: str, other: str) -> None:
    a, b = Entity(Kind.SYMPTOM, identifier, name, (other,)), Entity(Kind.THERAPY, other, other)
    fact = Fact(a.key, Relation.TREATED_BY, b.key, Origin.IMPORTED, qualifier=name)
    etree.fromstring(graphml(GraphData([a, b], [fact])))
    picture = neighbourhood_svg(a, [fact], {a.key: name, b.key: other})
    root = etree.fromstring(picture.encode())
    tags = {str(element.tag).removeprefix(SVG) for element in root.iter()}
    assert tags <= {"svg", "title", "rect", "text", "path", "g"}


def texts(picture: str) -> list[str]:
    return [element.text or "" for element in etree.fromstring(picture).iter(f"{SVG}text")]


def test_each_neighbour_is_drawn_once_in_the_group_of_its_relation() -> None:
    names = {CBT.key: "CBT", PANIC.key: PANIC.name}
    same = Fact(PANIC.key, Relation.TREATED_BY, CBT.key, Origin.ONTOLOGY)
    picture = neighbourhood_svg(PANIC, [FACT, same], names)
    assert texts(picture) == ["treated by", "CBT", PANIC.name, "Disorder · DOID:594"]
    assert "stroke-dasharray" not in picture
    assert texts(neighbourhood_svg(CBT, [FACT], names))[:2] == ["treats", "panic <disorder> & co"]
    assert "stroke-dasharray" in neighbourhood_svg(PANIC, [same], names)


def test_boxes_do_not_overlap_and_stay_inside() -> None:
    others = [
        Entity(Kind.MEDICATION, str(n), "a rather long name of a medicine" * 2) for n in range(60)
    ]
    facts = [
        Fact(PANIC.key, Relation.TREATED_BY, o.key, Origin.CURATED)
        if n % 2
        else Fact(o.key, Relation.NOT_RECOMMENDED_FOR, PANIC.key, Origin.CURATED)
        for n, o in enumerate(others)
    ]
    root = etree.fromstring(neighbourhood_svg(PANIC, facts, {o.key: o.name for o in others}))
    width, height = float(root.get("width", 0)), float(root.get("height", 0))
    boxes = [
        tuple(float(rect.get(side, 0)) for side in ("x", "y", "width", "height"))
        for rect in root.iter(f"{SVG}rect")
        if rect.get("rx")
    ]
    assert len(boxes) == 61
    for n, (x, y, w, h) in enumerate(boxes):
        assert x >= 0
        assert y >= 0
        assert x + w <= width
        assert y + h <= height
        for other_x, other_y, other_w, other_h in boxes[n + 1 :]:
            beside = x + w <= other_x or other_x + other_w <= x
            assert beside or y + h <= other_y or other_y + other_h <= y
