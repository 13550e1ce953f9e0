"""The sessions of `tests/kept_runs`; the presets are looked at by `test_seam.py`."""

from tests.kept_runs.test_kept_runs import (
    test_a_kept_session_says_and_does_what_it_did,  # noqa: F401
)
