"""Every file the bot reads, broken in every way we know, and what it made of it.

`python -m tools.fuzz --inputs 100000` changes valid files byte by byte and value by value and gives
them to the very readers the bot uses (FAULTS D01, D07, D13). Promised for each input: an answer or
a named error that says which file, no nonsense taken for good, nothing lost, a bounded time.
"""
