"""The command line: wires the parts and starts them, decides nothing. One small file per verb."""
