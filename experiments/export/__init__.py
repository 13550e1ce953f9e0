"""Exports: what a run measured, as tables for other programs."""
