"""Sentences computed from results, so that a re-run can never leave a stale claim."""
