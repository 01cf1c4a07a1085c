"""What a person runs on top of the bot: gates, locks, generated pages; later research and storm.

Run as modules from the project's folder: `uv run python -m tools.check`.
"""
