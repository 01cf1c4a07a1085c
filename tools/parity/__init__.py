"""Lives short random stretches twice, by the real loop and by the walk, and compares every deal."""
