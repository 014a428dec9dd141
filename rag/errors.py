"""Every error that the engine raises on purpose. Each message says what the user can do."""


class RagError(Exception):
    """Root of the tree. `exit_code` is what the command line ends with."""

    exit_code = 1


class SettingsError(RagError):
    """An option has a value that cannot work. The message names the option and what it accepts."""

    exit_code = 2


class QuestionError(RagError):
    """The question cannot be processed (empty, too long, not text). Ask it again, changed."""

    exit_code = 2


class DocumentError(RagError):
    """One document cannot be ingested. It is quarantined; the rest of the build goes on."""


class CorpusError(RagError):
    """A shipped corpus or resource file breaks its own format. Mend the file that is named."""


class FetchError(RagError):
    """A document cannot be fetched. The message says what was refused, or whether to try again."""

    def __init__(self, message: str, *, again: bool = False) -> None:
        """`again`: the same request may succeed, and goes on where this one stopped."""
        super().__init__(message)
        self.again = again


class EncoderError(RagError):
    """An encoder cannot be loaded or used. The message names the extra or the file to mend."""


class VerifierError(RagError):
    """An entailment model cannot be loaded or used. The message names what to install or mend."""


class LLMError(RagError):
    """The language model gave no usable reply. Answers are extractive until it does."""


class BuildError(RagError):
    """A build did not finish. The active index version is untouched; run the build again."""


class BuildInProgressError(BuildError):
    """Another build holds the lock on this index folder. Wait for it, then run again."""


class IndexUnavailableError(RagError):
    """No usable index version. Run `rag build`, or activate another version."""

    exit_code = 3


class IndexCorruptError(IndexUnavailableError):
    """A file of the version does not match its manifest. Roll back, or build again."""


class IndexFormatError(IndexUnavailableError):
    """The version was written in a format that this release cannot read. Upgrade, or rebuild."""


class GraphStoreError(RagError):
    """The graph store cannot be reached, refuses us, or lacks this version. The message says which
    option to change or what to run."""


class GraphImportError(RagError):
    """A graph of the user's cannot be taken in. The message names the line and what it takes."""


class NotFoundError(RagError):
    """No such passage, source or version in the active index. Check the id."""


class MissingExtraError(RagError):
    """An optional dependency is not installed. The message holds the command that installs it."""

    exit_code = 2
