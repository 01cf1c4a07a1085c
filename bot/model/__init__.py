"""Nouns: values, named answers, settings and events. Imports nothing of the project."""
