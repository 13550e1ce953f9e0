"""Every simulation here has a population without engine, clock or coroutine."""

from __future__ import annotations

from tests.gui.conftest import *
from tests.gui.conftest import _nothing_left_behind as _nothing_left_behind
from tests.other_population.everywhere import _another_population as _another_population
