"""Kept files: what is kept for this user from one window to the next, and where."""
