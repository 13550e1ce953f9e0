"""Widgets that draw what they are given and emit what is asked; they never decide."""
