"""The storm: the real trader through simulated years of everything that can go wrong.

One seed decides the market, the faults, the disk and the moments of death; after every step the
25 invariants are checked against the broker's own books, never against what the trader believes.
"""
