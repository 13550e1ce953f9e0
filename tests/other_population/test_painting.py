"""As `tests/experiments/test_painting.py` says."""

from tests.experiments.test_painting import *
