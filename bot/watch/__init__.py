"""The other process: it talks to the internet so that the trader never has to."""
