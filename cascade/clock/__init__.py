"""How workflows wait: clocks and channels."""
