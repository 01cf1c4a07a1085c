"""The trader: one thread that owns the terminal, the state and the journal."""
