"""Runs that were kept: session files and presets, and what came of them when they were stored.

`recipes.py` says what is done in each run, `sessions/` holds the files, `outcomes.toml` what they
say and what comes of them. A change to the program leaves all of it as it is. If the model is
meant to change, or a run is added::

    python -m tests.kept_runs.make                 # writes what is missing
    python -m tests.kept_runs.make --replace NAME  # and these anew; all for all of them
"""
