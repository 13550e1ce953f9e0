"""Graphs and shapes: what a declaration becomes, and what a solver orders."""
