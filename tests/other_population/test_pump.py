"""As `tests/gui/test_pump.py` says."""

from tests.gui.test_pump import *
