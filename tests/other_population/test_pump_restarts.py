"""As `tests/gui/test_pump_restarts.py` says."""

from tests.gui.test_pump_restarts import *
