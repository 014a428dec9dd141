"""Opens the classifier that stands beside the triage rules, with the encoders made for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rag.errors import RagError
from rag.safety.classifier import WEIGHTS, Classifier, encoder_folders

if TYPE_CHECKING:
    from collections.abc import Sequence


def open_classifier() -> Classifier:
    """The shipped classifier.

    Raises:
        EncoderError: an encoder of it is missing, changed or not loadable.
        CorpusError: its weights are missing or changed.
    """
    from rag.encoders.onnx import OnnxEncoder

    encoders = [OnnxEncoder(folder, threads=1) for folder in encoder_folders(WEIGHTS)]
    return Classifier(encoders, WEIGHTS)


def usable_classifier() -> Classifier | None:
    """The shipped classifier, or None where it cannot be used: then the rules judge alone."""
    try:
        return open_classifier()
    except (RagError, ImportError):
        return None


class WhenNeeded:
    """Opens the classifier at the first message that the rules alone do not settle.

    Where a firm rule fired (`Rule.firm`), the answer comes without loading a model.
    """

    def __init__(self) -> None:
        self._opened = False
        self._classifier: Classifier | None = None

    def concern(self, words: Sequence[str], *, part: bool = False) -> str | None:
        """As `Classifier.concern`; None where the classifier cannot be used."""
        classifier = self._when_needed()
        return classifier.concern(words, part=part) if classifier else None

    def stands_out(self, words: Sequence[str]) -> str | None:
        """As `Classifier.stands_out`; None where the classifier cannot be used."""
        classifier = self._when_needed()
        return classifier.stands_out(words) if classifier else None

    def harmless(self, words: Sequence[str], *, surely: bool = False) -> bool:
        """As `Classifier.harmless`; False where the classifier cannot be used."""
        classifier = self._when_needed()
        return classifier is not None and classifier.harmless(words, surely=surely)

    def _when_needed(self) -> Classifier | None:
        if not self._opened:
            self._classifier, self._opened = usable_classifier(), True
        return self._classifier


class OnlyOverrules(WhenNeeded):
    """For a first look by the rules, before anything is loaded: it recognises nothing itself, and
    is opened only where rules would take over of which none is firm."""

    def concern(self, words: Sequence[str], *, part: bool = False) -> str | None:
        """None: whoever looks next asks the classifier."""
        return None

    def stands_out(self, words: Sequence[str]) -> str | None:
        """None, as above."""
        return None
