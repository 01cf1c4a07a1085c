"""What a person reads: pure folds over the journal's documents.

A document is one journal line: the event's fields plus `seq`, `at_utc_s`, `day` (server day, days
since 1970-01-01) and `event` (the event's class name).
"""
