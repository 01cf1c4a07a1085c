"""A MetaTrader 5 bot that lives a prop-firm challenge and keeps the account alive."""

__version__ = "0.1.0"
