"""Constants that were made of parameters belong to a session, and win over those made here."""

from __future__ import annotations

import math
from typing import Any

import pytest

from experiments import (
    ParameterError,
    Parameters,
    Session,
    Simulation,
    decode_session,
    encode_session,
    session_of,
)
from tests.experiments.simulating import simulate

CHARGING = Parameters(
    side=5, period=1.0, refractory=0.05, jitter=0.0, response="mirollo-strogatz", b=3.0, eps=0.02,
    delay=0.3, loss=0.1, spread=0.1, topology="ring", k=3, rewire=0.4,
)  # fmt: skip
DRAWN = CHARGING.replace(response="drawn", points=((0.0, 0.0), (0.3, -0.05), (1.0, 0.07)))


def other_last_bit(value: Any) -> Any:
    """The next double, or those next to several."""
    if isinstance(value, tuple):
        return tuple(map(other_last_bit, value))
    return math.nextafter(value, math.inf)


def with_other_bits(parameters: Parameters) -> Parameters:
    """The same, as a platform that rounds otherwise would have made them."""
    return parameters.replace(
        **{name: other_last_bit(value) for name, value in parameters.constants().items()}
    )


def lived(parameters: Parameters, **change: Any) -> Session:
    """A run of 20 s, with something changed at half of it."""

    async def body(simulation: Simulation) -> Session:
        simulation.run_until(10.0)
        simulation.change(**change)
        simulation.run_until(20.0)
        assert simulation.population.n_in_flight
        return session_of(simulation)

    return simulate(body, parameters)


def repeated(session: Session) -> Session:
    """What comes of it when it is repeated."""

    async def body(simulation: Simulation) -> Session:
        simulation.follow(session)
        simulation.run_until(session.end)
        return session_of(simulation)

    return simulate(body, session.parameters)


@pytest.mark.parametrize("parameters", [CHARGING, DRAWN], ids=lambda each: str(each.response))
def test_a_session_is_repeated_with_the_constants_in_its_file(parameters: Parameters) -> None:
    """Last bits that differ from what would be made here make other flashes, and those come."""
    elsewhere = with_other_bits(parameters)
    assert elsewhere != parameters
    made_here, made_there = lived(parameters, delay=0.2), lived(elsewhere, delay=0.2)
    assert made_here.digest != made_there.digest
    for session in (made_here, made_there):
        contents = encode_session(session)
        for name, value in session.parameters.constants().items():
            numbers = value if isinstance(value, tuple) else (value,)
            for number in numbers:
                assert repr(number).encode() in contents, name
        read = decode_session(contents, "it")
        assert read.parameters.constants() == session.parameters.constants()
        assert repeated(read) == session


def test_constants_of_a_change_are_kept_as_well() -> None:
    """Those of a value that was changed while the run went on stand beside it in its step."""
    made_here = lived(CHARGING, eps=0.03)
    (step,) = made_here.steps
    values = dict(step.change)
    assert values.keys() == {"eps", "a", "c"}
    other = dict(values, a=other_last_bit(values["a"]))

    async def body(simulation: Simulation) -> Session:
        simulation.run_until(10.0)
        simulation.population.change(simulation.parameters.replace(**other))
        simulation.run_until(20.0)
        return session_of(simulation)

    digest = simulate(body, CHARGING).digest
    assert digest != made_here.digest
    contents = encode_session(made_here)
    written = contents.replace(repr(values["a"]).encode(), repr(other["a"]).encode())
    by_hand = b"".join(line for line in written.splitlines(True) if b'"check"' not in line)
    by_hand = by_hand.rstrip().rstrip(b",") + b"}"
    assert repeated(decode_session(by_hand, "it")).digest == digest


def test_a_changed_bit_is_no_damage_only_with_the_check_sum_of_it() -> None:
    """A file in which it differs alone was not saved like that, and is refused."""
    contents = encode_session(lived(CHARGING, delay=0.2))
    a = CHARGING.constants()["a"]
    damaged = contents.replace(repr(a).encode(), repr(other_last_bit(a)).encode())
    assert damaged != contents
    with pytest.raises(ValueError, match="not those that were saved"):
        decode_session(damaged, "it")


def test_a_change_of_a_constant_alone_is_refused() -> None:
    """It would be taken, and do nothing; beside what it is made of it is kept."""
    a = CHARGING.constants()["a"]
    words = "a must be changed beside b or eps, of which it is made"

    async def body(simulation: Simulation) -> None:
        with pytest.raises(ParameterError, match=words):
            simulation.change(a=a)
        with pytest.raises(ParameterError, match="slopes must be changed beside points, of which"):
            simulation.change(slopes=(1.0,), eps=0.03)
        simulation.settle()
        assert not simulation.interventions
        simulation.change(eps=CHARGING.eps, a=other_last_bit(a))
        simulation.settle()
        assert simulation.parameters.constants()["a"] == other_last_bit(a)

    simulate(body, CHARGING)
    contents = encode_session(lived(CHARGING, eps=0.03))
    alone = contents.replace(b'"eps":0.03,"a"', b'"a"')
    assert alone != contents
    by_hand = b"".join(line for line in alone.splitlines(True) if b'"check"' not in line)
    by_hand = by_hand.rstrip().rstrip(b",") + b"}"
    with pytest.raises(ValueError, match=rf"interventions\[0\].change.{words}"):
        decode_session(by_hand, "it")
