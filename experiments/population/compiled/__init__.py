"""The model as one kernel over arrays, compiled by numba."""
