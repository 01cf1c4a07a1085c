"""Studies of what a configuration is worth: markets made ready, accounts walked, figures drawn."""
