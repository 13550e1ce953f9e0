"""Recipes that end in the window are held to what its own tests are."""

from tests.gui.conftest import *  # noqa: F403
from tests.gui.conftest import _nothing_left_behind  # noqa: F401
