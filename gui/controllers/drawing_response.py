"""The drawing of a response: what hands do to its curve becomes wishes."""

from __future__ import annotations

from experiments import RESPONSE_SHAPES, Points
from gui.controllers.asking import Asking
from gui.models.response_curve import DRAWN


class ResponseDrawing:
    """Turns what the panel of the response emits into values that are asked for.

    Parameters
    ----------
    asking
        Takes the values.
    """

    def __init__(self, asking: Asking) -> None:
        self._asking = asking

    def draw(self, points: Points) -> None:
        """The response should go through these points, whatever it was before."""
        self._asking.ask(response=DRAWN, points=points)

    def end(self) -> None:
        """The hand has let go of the curve."""
        self._asking.let_go()

    def choose(self, shape: str) -> None:
        """Another response, or a known shape of a drawn one."""
        if shape in RESPONSE_SHAPES:
            self.draw(RESPONSE_SHAPES[shape].points)
        else:
            self._asking.ask(response=shape)
        self._asking.let_go()
