"""As `tests/experiments/test_against_reference.py` says."""

from tests.experiments.test_against_reference import *
