"""The gate before the language model: only what may serve as evidence reaches the prompt."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from llama_index.core.bridge.pydantic import PrivateAttr
from llama_index.core.postprocessor.types import BaseNodePostprocessor
from llama_index.core.schema import BaseNode, NodeWithScore, QueryBundle, TextNode

from rag.integrations.llama_index.gates import shipped_gate
from rag.integrations.llama_index.judging import judge, kept_text
from rag.integrations.llama_index.nodes import node_text
from rag.verify.gate import Gate

Generated = Callable[[BaseNode], bool]


def names_no_document(node: BaseNode) -> bool:
    """Whether a node names no source document: llama-index makes such nodes from what an engine
    or a language model said (recursive retrieval, sub-questions)."""
    return node.ref_doc_id is None


class GatePostprocessor(BaseNodePostprocessor):
    """Checks nodes whose text was generated against those that were not.

    Answers of other engines, summaries and the like are no evidence by themselves. Their
    sentences stay only where the source nodes beside them support them; a node of which nothing
    stays is left out. Source nodes pass untouched. When no node is a source, there is nothing
    to check against and all pass.

    >>> gates = [GatePostprocessor()]  # doctest: +SKIP
    >>> RetrieverQueryEngine.from_args(retriever, node_postprocessors=gates)  # doctest: +SKIP
    """

    _gate: Gate = PrivateAttr()
    _generated: Generated = PrivateAttr()

    def __init__(
        self, gate: Gate | None = None, *, generated: Generated = names_no_document
    ) -> None:
        """`gate` None opens the shipped one. `generated` says which nodes are to be checked."""
        super().__init__()
        self._gate = gate or shipped_gate()
        self._generated = generated

    @classmethod
    def class_name(cls) -> str:
        """Class name."""
        return "PlumblineGatePostprocessor"

    def _postprocess_nodes(
        self, nodes: list[NodeWithScore], query_bundle: QueryBundle | None = None
    ) -> list[NodeWithScore]:
        sources = [node_text(n.node) for n in nodes if not self._generated(n.node)]
        if not sources:
            return nodes
        checked = (self._checked(n, sources) if self._generated(n.node) else n for n in nodes)
        return [n for n in checked if n is not None]

    def _checked(self, scored: NodeWithScore, sources: Sequence[str]) -> NodeWithScore | None:
        text = node_text(scored.node)
        judged = judge(text, sources, self._gate, marks=False)
        if not any(j.kept and j.says_something for j in judged):
            return None
        if all(j.kept for j in judged):
            return scored
        node = TextNode(
            id_=scored.node.node_id,
            text=kept_text(text, judged),
            metadata=scored.node.metadata,
            relationships=scored.node.relationships,
        )
        return NodeWithScore(node=node, score=scored.score)
