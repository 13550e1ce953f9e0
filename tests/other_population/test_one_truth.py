"""As `tests/gui/test_one_truth.py` says."""

from tests.gui.test_one_truth import *
