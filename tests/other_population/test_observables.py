"""As `tests/experiments/test_observables.py` says."""

from tests.experiments.test_observables import *
