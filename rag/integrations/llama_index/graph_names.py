"""What entities are called in llama-index's graphs, whose nodes are known by their name alone."""

from __future__ import annotations

import re

from knowledge_graph.linking import How, Linker
from knowledge_graph.schema import Entity, Kind, kind_of

_WITH_KIND = re.compile(rf"(?P<name>.+) \((?P<kind>{'|'.join(kind.value for kind in Kind)})\)")


class Names:
    """Names to keys of entities, and back."""

    def __init__(self, linker: Linker) -> None:
        self._linker = linker

    def called(self, entity: Entity) -> str:
        """The entity's name, with its kind where entities of several kinds share the name."""
        sharing = {key for span in self._linker.spans(entity.name) for key in span.keys}
        return f"{entity.name} ({entity.kind.value})" if len(sharing) > 1 else entity.name

    def keys(self, name: str) -> list[str]:
        """Keys of the entities called `name`: a key, a name, a synonym, a misspelt name, or a name
        with its kind. Where kinds share a name, the likeliest one of those that were meant."""
        try:
            kind_of(name)
            return [name]
        except ValueError:
            pass
        match = _WITH_KIND.fullmatch(name)
        links = self._linker.link(match["name"] if match else name)
        if match:
            return [link.key for link in links if kind_of(link.key) is Kind(match["kind"])]
        best = max((link.confidence for link in links), default=0.0)
        return [k.key for k in links if k.confidence == best and k.how is not How.MEANING]
