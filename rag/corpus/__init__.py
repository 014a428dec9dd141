"""Documents on their way into an index: the shipped corpus held to its rules, its official sources
fetched, and a new version planned, judged before it answers, and compared with the one before."""
