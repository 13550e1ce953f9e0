"""Recipes: one more of each kind, added from outside through the public seam."""
