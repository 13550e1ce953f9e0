"""Values that nobody means: refused by name, in a short sentence, wherever they come from."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from experiments import ParameterError, Parameters, SessionError, decode_session
from experiments.model.rewiring import EDGES_AT_ONCE, Rewired
from experiments.model.topology import Moore

DRAWN = {"response": "drawn"}
CHARGED = {"response": "mirollo-strogatz"}
SESSION = (
    '{"fireflies":2,"version":"1","parameters":{"side":5,"period":5.0,"nudge":0.2,'
    '"refractory":1.0,"jitter":0.1,"glow":0.3,"speed":1.0,"seed":1%s},'
    '"interventions":[%s],"end":1.0}'
)


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("points", {**DRAWN, "points": [(0, 0), (5e-324, 1), (1, 0)]}),
        ("points", {**DRAWN, "points": [(0, 10**400), (1, 0)]}),
        ("points", {**DRAWN, "points": [("0", "0"), ("1", "0")]}),
        ("points", {**DRAWN, "points": [(0, False), (1, True)]}),
        ("points", {**DRAWN, "points": {(0, 0): 1, (1, 0): 1}}),
        ("points", {**DRAWN, "points": [(0, 0)] * 1_000_001}),
        ("a", {**CHARGED, "a": "1.16"}),
        ("a", {**CHARGED, "a": 10**400}),
        ("c", {**CHARGED, "c": float("nan")}),
        ("slopes", {**DRAWN, "slopes": ("-0.2", "0.4")}),
        ("period", {"period": 10**400}),
        ("response", {"response": "x" * 100_000}),
    ],
)
def test_it_is_refused_by_name_in_a_short_sentence(name: str, values: dict[str, Any]) -> None:
    """No other error, and no page of it."""
    with pytest.raises(ParameterError) as caught:
        Parameters(**values)
    assert caught.value.name == name
    assert len(str(caught.value)) < 500


@pytest.mark.parametrize(
    ("more", "step"),
    [
        (',"response":"drawn","points":[[0,1%s],[1,0]]' % ("0" * 400), ""),
        (',"response":"drawn","points":[["0","0"],["1","0"]]', ""),
        ("", '{"t":0.5,"order":1,"change":{"nudge":[1,2]}}'),
    ],
)
def test_a_session_with_it_is_none(more: str, step: str) -> None:
    """The reader says so; nothing else is raised."""
    with pytest.raises(SessionError):
        decode_session(SESSION % (more, step), "it")
    decode_session(SESSION % ("", ""), "it")


def test_rewiring_lets_others_have_a_turn() -> None:
    """However many neighbours each has: edges are counted, not fireflies."""

    class Counted(Moore):
        asked = 0

        def neighbours(self, i: int) -> tuple[int, ...]:
            around = super().neighbours(i)
            self.asked += len(around)
            return around

    parameters = SimpleNamespace(side=13, radius=6, seed=1, rewire=1.0)
    base = Counted(parameters)
    most = before = 0
    for _ in Rewired(base, parameters).prepare():
        most, before = max(most, base.asked - before), base.asked
    assert base.asked == 13**2 * (13**2 - 1)
    assert most <= EDGES_AT_ONCE + 13**2 - 1
