"""PDF. `reader` is called; all else runs in its child process, so nothing is imported here."""
