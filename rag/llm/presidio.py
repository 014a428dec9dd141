"""Presidio beside the rules: it knows names and places that nothing in the text introduces."""

from __future__ import annotations

from collections.abc import Callable

from rag.errors import MissingExtraError
from rag.llm.pii import Finding, find, without_overlaps

_LIKED = ("en_core_web_lg", "en_core_web_md", "en_core_web_sm")
_KINDS = {
    "PERSON": "PERSON",
    "LOCATION": "PLACE",
    "PHONE_NUMBER": "PHONE",
    "EMAIL_ADDRESS": "EMAIL",
    "URL": "LINK",
    "IP_ADDRESS": "ID",
    "CREDIT_CARD": "ID",
    "IBAN_CODE": "ID",
    "US_SSN": "ID",
    "UK_NHS": "ID",
    "US_PASSPORT": "ID",
    "US_DRIVER_LICENSE": "ID",
    "MEDICAL_LICENSE": "ID",
}
_LEAST_SCORE = 0.4


def open_presidio() -> Callable[[str], list[Finding]]:
    """A finder that joins the rules with presidio's analyser.

    Raises:
        MissingExtraError: presidio, or a spaCy model for English, is not installed.
    """
    try:
        import spacy.util
        from presidio_analyzer import AnalyzerEngine
        from presidio_analyzer.nlp_engine import NlpEngineProvider
    except ModuleNotFoundError as error:
        raise MissingExtraError(
            f"RAG_LLM__REDACT_WITH=presidio needs {error.name}: pip install 'plumbline[pii]'"
        ) from error
    english = sorted(name for name in spacy.util.get_installed_models() if name.startswith("en_"))
    model = next((name for name in (*_LIKED, *english) if name in english), None)
    if model is None:
        # Presidio would fetch one itself; nothing is fetched here without being asked for.
        raise MissingExtraError(
            "presidio needs an English model of spaCy: python -m spacy download en_core_web_lg"
        )
    models = {"nlp_engine_name": "spacy", "models": [{"lang_code": "en", "model_name": model}]}
    analyser = AnalyzerEngine(
        nlp_engine=NlpEngineProvider(nlp_configuration=models).create_engine()
    )

    def found(text: str) -> list[Finding]:
        more = analyser.analyze(
            text, language="en", entities=list(_KINDS), score_threshold=_LEAST_SCORE
        )
        theirs = [Finding(r.start, r.end, _KINDS[r.entity_type]) for r in more]
        return without_overlaps([*find(text), *theirs])

    return found
