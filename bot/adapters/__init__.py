"""What the ports are in the real world: the terminal, files, the clock."""
