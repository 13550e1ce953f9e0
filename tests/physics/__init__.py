"""The extended model against theory, and against the oracle."""
