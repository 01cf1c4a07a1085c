"""Verbs: pure functions, compilable, without clock, file or log."""
