"""`rag verify --text`: a whole text, from any system, against documents or the index."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from rag.errors import DocumentError, SettingsError

if TYPE_CHECKING:
    from rag.encoders.base import Encoder
    from rag.index.version import IndexVersion
    from rag.settings import Settings
    from rag.verify.gate import Gate
    from rag.verify.whole_text import CheckedSentence

_STDIN = Path("-")


def check_text(
    text: Path, against: Path | None, settings: Settings
) -> tuple[tuple[CheckedSentence, ...], dict[str, str]]:
    """Every sentence of the file `text`, judged; and the title behind each passage id.

    Raises:
        SettingsError: the text cannot be read, or holds nothing.
        DocumentError: no document in `against` can be read.
        IndexUnavailableError: `against` is None and no index is built.
    """
    from rag.verify import open_gate
    from rag.verify.whole_text import TextChecker

    content = _read(text)
    if against is None:
        from rag.index.version import IndexVersion

        with IndexVersion.open(settings.index_dir, threads=settings.encoder.threads) as version:
            passages = version.passages(_in_force(version))
            titles = {p.id: version.source(p.source_id).title for p in passages}
            texts = {p.id: p.text for p in passages}
            gate: Gate = open_gate(version.encoder, settings.verifier, settings.llm)
            return TextChecker(gate, texts).check(content), titles
    from rag.encoders import open_encoder

    encoder = open_encoder(settings.encoder)
    texts, titles = _passages(against, encoder, settings)
    gate = open_gate(encoder, settings.verifier, settings.llm)
    return TextChecker(gate, texts).check(content), titles


def _in_force(version: IndexVersion) -> list[str]:
    """Ids of the passages that an answer could cite today."""
    from rag.index.passages import source_names
    from rag.retrieval.policy import excluded_sources

    sources = version.sources()
    out = excluded_sources(sources)
    names = [name for name in source_names(sources) if name not in out]
    return [i for name in names for i in version.passage_ids(name)]


def _read(path: Path) -> str:
    try:
        raw = sys.stdin.buffer.read() if path == _STDIN else path.read_bytes()
        content = raw.decode("utf-8")
    except OSError as error:
        raise SettingsError(f"Cannot read {path}: {error.strerror}. Name a text file") from error
    except UnicodeDecodeError as error:
        raise SettingsError(f"{path} is not UTF-8 text. Convert it and run again") from error
    if not content.strip():
        raise SettingsError(f"{path} is empty. Name a file with at least one sentence")
    return content


def _passages(
    folder: Path, encoder: Encoder, settings: Settings
) -> tuple[dict[str, str], dict[str, str]]:
    from rag.index.documents import Quarantine, cut_passages, find_documents, read_documents

    left_out = Quarantine()
    files = find_documents([folder], left_out)
    # Whose documents these are is for the user to know: nothing is answered from them.
    documents = read_documents(files, settings.ingest, left_out, lambda _: None, allow_unknown=True)
    cut = cut_passages(documents, encoder.count_tokens, settings.ingest, left_out)
    for path, reason in left_out.found:
        print(f"left out {path}: {reason}", file=sys.stderr)
    if not cut:
        raise DocumentError(f"No document in {folder} can be read. Name a folder with guidelines")
    texts = {p.id: p.text for _, passages in cut for p in passages}
    titles = {p.id: source.title for source, passages in cut for p in passages}
    return texts, titles


def print_checked(sentences: Sequence[CheckedSentence], titles: dict[str, str]) -> None:
    """One line a sentence: verdict, words, and what it rests on or why it does not."""
    from rich.console import Console
    from rich.text import Text

    console = Console(highlight=False)
    styles = {"supported": "green", "unsure": "yellow"}
    for sentence in sentences:
        outcome = sentence.verdict.outcome
        mark = Text(f"{outcome.replace('_', ' '):<14}", styles.get(outcome, "red"))
        console.print(mark.append(" ".join(sentence.text.split()), "default"))
        why = dict.fromkeys(titles[p] for p in sentence.passages) or sentence.verdict.reasons
        for line in why:
            console.print(Text(f"{'':<14}{line}", "dim"))
    supported = sum(sentence.verdict.supported for sentence in sentences)
    console.print(f"{supported} of {len(sentences)} sentences are supported.")
