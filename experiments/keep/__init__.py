"""Stored runs: sessions, moments and presets, and the provenance of files."""
