"""Processes: children, which process is which, and what is undone when one is ended."""
