"""The shipped corpus: holding it to its rules, its catalogue of sources, and fetching those."""
