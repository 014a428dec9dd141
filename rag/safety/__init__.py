"""Safety: triage before anything else, crisis answers, scope, and rules on what may leave."""
