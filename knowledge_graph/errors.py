"""Every error that the graph raises on purpose. Each message says what the user can do."""


class GraphError(Exception):
    """Root of the tree."""


class GraphDataError(GraphError):
    """A table or a row cannot be read. The message names the file, the line and what it takes."""


class GraphUnavailableError(GraphError):
    """The store cannot be reached, refuses us, or was too slow. Answers go on without it."""


class VersionNotLoadedError(GraphUnavailableError):
    """The store does not hold this version in full. `rag graph push` loads it."""


class LoadInProgressError(GraphError):
    """Another process is loading this version. Wait for it, then run again."""
