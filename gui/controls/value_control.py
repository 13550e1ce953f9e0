"""The controls of parameters: each shows a value, and asks for another."""

from __future__ import annotations

from typing import TypeAlias

from gui.controls.value_choice import ValueChoice
from gui.controls.value_entry import ValueEntry
from gui.controls.value_slider import ValueSlider

ValueControl: TypeAlias = ValueSlider | ValueEntry | ValueChoice
