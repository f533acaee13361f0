"""Assessments: facts in, verdicts with reasons out. Pure functions; the day asked is an argument."""
