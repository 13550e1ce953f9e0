"""As `tests/experiments/test_model.py` says."""

from tests.experiments.test_model import *
