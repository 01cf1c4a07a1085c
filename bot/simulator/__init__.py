"""A simulated MetaTrader 5 terminal and the markets it can be fed with."""
