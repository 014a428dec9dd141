"""Our passages as llama-index nodes, and their nodes as passages of ours."""

from __future__ import annotations

import re
from typing import Any

from llama_index.core.schema import (
    BaseNode,
    MetadataMode,
    NodeRelationship,
    NodeWithScore,
    RelatedNodeInfo,
    TextNode,
)

from rag.model import (
    Evidence,
    Passage,
    Source,
    SourceKind,
    normalise,
    passage_id,
    sha256_text,
)
from rag.sentences import sentence_spans

# What a language model or an embedding should read with the text; the rest is for programs.
_FOR_READERS = frozenset({"title", "heading", "publisher", "year"})
_LABEL = re.compile(r"\ASource \d+:\n")
# Where llama-index's readers put what a document is called.
_TITLE_KEYS = ("title", "document_title", "file_name", "filename", "name")


def passage_node(passage: Passage, source: Source) -> TextNode:
    """A passage as a node. The node's id is the passage's, its source document the source."""
    metadata: dict[str, Any] = {
        "title": source.title,
        "heading": " > ".join(passage.heading),
        "publisher": source.publisher,
        "year": source.year,
        "source_id": passage.source_id,
        "edition": source.edition,
        "grade": source.grade.value,
        "jurisdiction": source.jurisdiction,
        "url": source.url,
        "licence": source.licence,
        "page_label": ", ".join(str(page) for page in passage.pages),
        "passage_sha256": passage.sha256,
    }
    hidden = [key for key in metadata if key not in _FOR_READERS]
    return TextNode(
        id_=passage.id,
        text=passage.text,
        start_char_idx=passage.start,
        end_char_idx=passage.end,
        metadata=metadata,
        excluded_embed_metadata_keys=hidden,
        excluded_llm_metadata_keys=hidden,
        relationships={NodeRelationship.SOURCE: RelatedNodeInfo(node_id=passage.source_id)},
    )


def evidence_node(evidence: Evidence) -> NodeWithScore:
    """A retrieved passage with its fused score."""
    node = passage_node(evidence.passage, evidence.source)
    return NodeWithScore(node=node, score=evidence.hit.score)


def node_text(node: BaseNode) -> str:
    """What the node says, without its metadata; empty for a node that holds no text."""
    try:
        return node.get_content(metadata_mode=MetadataMode.NONE)
    except (AttributeError, NotImplementedError):
        return ""


def source_text(node: BaseNode) -> str:
    """What a source node says, without the label that `CitationQueryEngine` puts above it."""
    return without_label(node_text(node))


def without_label(text: str) -> str:
    """`text` without a first line "Source 3:"."""
    return _LABEL.sub("", text)


def node_passage(node: BaseNode) -> tuple[Passage, Source] | None:
    """A node of theirs as a passage of ours, grade D; None when it holds no sentence.

    The passage's id follows from the source and the text, so one node always gives one passage.
    """
    text = node_text(node).strip()
    spans = sentence_spans(text)
    if not spans:
        return None
    metadata = node.metadata
    named = next((str(metadata[key]) for key in _TITLE_KEYS if metadata.get(key)), "")
    source = Source(
        id=f"llama-index:{node.ref_doc_id or node.node_id}",
        title=named or "Untitled document",
        publisher=str(metadata.get("publisher") or "unknown publisher"),
        sha256=sha256_text(text),
        kind=SourceKind.OTHER,
        url=str(metadata.get("url") or ""),
        licence=str(metadata.get("licence") or metadata.get("license") or ""),
    )
    heading = str(metadata.get("heading") or metadata.get("header_path") or "")
    passage = Passage(
        id=passage_id(source.id, source.edition, text),
        source_id=source.id,
        text=text,
        heading=(normalise(heading),) if heading.strip("/ ") else (),
        start=0,
        end=len(text),
        pages=_pages(metadata.get("page_label")),
        sentences=spans,
        sha256=sha256_text(text),
    )
    return passage, source


def _pages(label: object) -> tuple[int, ...]:
    text = str(label or "")
    return (int(text),) if text.isascii() and text.isdigit() else ()
