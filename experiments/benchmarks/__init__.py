"""Benchmarks: they print figures; they never judge."""
