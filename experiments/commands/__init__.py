"""The command line of everything that needs no window."""
