"""The command ``fireflies``: one module for each thing that it does."""
