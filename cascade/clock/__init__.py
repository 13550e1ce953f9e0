"""Clocks and channels: how workflows wait."""
