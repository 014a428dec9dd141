"""The graph in the terminal: trees of facts with the passages that state them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from rich.console import Console
from rich.text import Text
from rich.tree import Tree

from knowledge_graph.schema import Relation
from knowledge_graph.wording import relation_words
from rag.errors import NotFoundError

if TYPE_CHECKING:
    from rag.index.graph_view import EntityRef, EntityView, FactView
    from rag.index.version import IndexVersion

_MOST_PASSAGES = 3  # of one fact
_QUOTE = 160  # characters of a passage


def print_entity(view: EntityView, version: IndexVersion) -> None:
    """The entity as a tree: relations, then entities, then passages."""
    tree = Tree(Text.assemble((view.name, "bold"), f"  {view.kind} {view.id}"))
    if view.synonyms:
        tree.add(Text(f"also called: {', '.join(view.synonyms)}"))
    if view.xrefs:
        tree.add(Text(f"elsewhere: {', '.join(view.xrefs)}"))
    branches: dict[str, Tree] = {}
    for (words, other), facts in _by_end(view).items():
        if words not in branches:
            branches[words] = tree.add(Text(words, style="italic"))
        notes = ", ".join(dict.fromkeys(note for fact in facts for note in _notes(fact)))
        leaf = branches[words].add(Text.assemble((other.name, "bold"), f"  ({notes})"))
        _add_passages(leaf, dict.fromkeys(i for fact in facts for i in fact.passages), version)
    if view.passages:
        branch = tree.add(Text("passages most about it", style="italic"))
        _add_passages(branch, [mention.passage_id for mention in view.passages], version)
    if not view.facts:
        tree.add(Text("no facts"))
    _print(tree)


def print_path(way: Sequence[FactView], version: IndexVersion) -> None:
    """The facts of a way, one below the other."""
    if not way:
        print("Both are the same entity.")
    for fact in way:
        head = Text.assemble(
            (fact.subject.name, "bold"), f" → {fact.words} → ", (fact.object.name, "bold")
        )
        tree = Tree(Text.assemble(head, f"  ({', '.join(_notes(fact))})"))
        _add_passages(tree, fact.passages, version)
        _print(tree)


def _by_end(view: EntityView) -> dict[tuple[str, EntityRef], list[FactView]]:
    """Facts that say the same of the same, whatever their origin, in the order of the view."""
    found: dict[tuple[str, EntityRef], list[FactView]] = {}
    for fact in view.facts:
        reverse = fact.subject.key != view.key
        words = relation_words(Relation(fact.relation), reverse=reverse)
        found.setdefault((words, fact.subject if reverse else fact.object), []).append(fact)
    return found


def _notes(fact: FactView) -> list[str]:
    notes = [
        f"{fact.line} line" if fact.line in ("first", "second") else fact.line,
        fact.qualifier,
        f"grade {fact.grade}" if fact.grade else "",
        fact.origin,
        fact.source,
    ]
    return list(filter(None, notes))


def _add_passages(tree: Tree, passage_ids: Iterable[str], version: IndexVersion) -> None:
    ids = list(passage_ids)
    for passage_id in ids[:_MOST_PASSAGES]:
        tree.add(Text(_described(passage_id, version), style="dim"))
    if len(ids) > _MOST_PASSAGES:
        tree.add(Text(f"and {len(ids) - _MOST_PASSAGES} passages more", style="dim"))


def _described(passage_id: str, version: IndexVersion) -> str:
    try:
        passage = version.passage(passage_id)
    except NotFoundError:
        quote = version.graph.imported_sentence(passage_id)
        return f"[{passage_id}] {quote}" if quote else f"[{passage_id}] not in this index"
    source = version.source(passage.source_id)
    text = " ".join(passage.text.split())
    quote = text if len(text) <= _QUOTE else f"{text[:_QUOTE].rstrip()}…"
    heading = f", {passage.heading[-1]}" if passage.heading else ""
    return f"[{passage_id}] {source.title}{heading}: {quote}"


def _print(tree: Tree) -> None:
    Console(highlight=False, soft_wrap=True).print(tree)
