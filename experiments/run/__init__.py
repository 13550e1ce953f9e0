"""A run: the simulation, which keeps its time, queue and script, and what watches it."""
