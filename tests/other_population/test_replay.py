"""As `tests/gui/test_replay.py` says."""

from tests.gui.test_replay import *
