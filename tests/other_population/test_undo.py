"""As `tests/gui/test_undo.py` says."""

from tests.gui.test_undo import *
