"""Values that nobody means: refused by name, in a short sentence, wherever they come from."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from experiments import ParameterError, Parameters, SessionError, decode_session
from experiments.model.random_streams import uniform
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


def test_rewiring_lets_others_have_a_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    """However many neighbours each has: edges are counted, not fireflies."""
    draws = [0]

    def counted(key: int, k: int) -> float:
        draws[-1] += 1
        return uniform(key, k)

    monkeypatch.setattr("experiments.model.rewiring.uniform", counted)
    parameters = SimpleNamespace(side=13, radius=6, seed=1, rewire=1.0)
    rewired = Rewired(Moore(parameters), parameters)
    turns = rewired.prepare()
    while next(turns, "the last") is None:
        draws.append(0)
    assert rewired.n_rewired == 0  # all are joined, so that each edge is tried in vain
    assert sum(draws) == 64 * 13**2 * (13**2 - 1) / 2
    assert max(draws) == 64 * EDGES_AT_ONCE
