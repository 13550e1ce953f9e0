"""Adapters: the parts of an engine that can be swapped, such as solvers, executors and caches."""
