"""A phase response, added from outside with a parameter of its own, and run by two populations."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import experiments.population.factory
from experiments import (
    PARAMETER_FIELDS,
    Parameters,
    Simulation,
    command_line_of,
    load_session,
    save_session,
    session_of,
    topology_of,
)
from experiments.commands.command_line import main
from experiments.model.fields import at_least, at_most
from experiments.model.kinds import number
from experiments.model.response import RESPONSES, Response, ResponseKind
from tests.experiments.simulating import simulate
from tests.other_population.heap_population import HEAP
from tests.recipes.naive import naive_digest
from tests.recipes.product_files import files_that_name

SMALL = Parameters(side=6, period=1.0, nudge=0.05, refractory=0.2, jitter=0.02)
OPTIONS = command_line_of(SMALL).split()[1:]
UNTIL = 8.0


def doubling(parameters: Any) -> Response:
    """A share of the phase is added to it."""
    gain: float = parameters.gain

    def respond(zero: float, t: float, _period: float) -> float:
        x = t - zero
        return t - (x + gain * x)

    return respond


GAIN = number(
    name="gain",
    default=0.1,
    low=at_least(0.0),
    high=at_most(1.0),
    label="Gain",
    sentence="the share by which a pulse moves a phase on",
)


@pytest.fixture
def chosen() -> Iterator[Parameters]:
    """Parameters with one more response, for the time of a test."""
    kind = ResponseKind("doubling", doubling)
    with RESPONSES.adding(kind), PARAMETER_FIELDS.adding(GAIN):
        yield SMALL.replace(response="doubling", gain=0.25)


def expected(parameters: Parameters) -> tuple[int, str]:
    """What the response gives, computed naively."""

    def respond(zero: float, t: float) -> float:
        return t - (t - zero + 0.25 * (t - zero))

    return naive_digest(parameters, topology_of(parameters).neighbours, respond, UNTIL)


async def run(simulation: Simulation) -> tuple[int, str]:
    """Number of flashes, and their digest."""
    simulation.run_until(UNTIL)
    digest = simulation.flashes.digest()
    return digest.n, digest.hexdigest()


def test_a_run_has_the_flashes_of_a_naive_computation(chosen: Parameters) -> None:
    """Digest and all; they are others than with the constant nudge."""
    found = simulate(run, chosen)
    assert found == expected(chosen)
    assert found[0] > 200
    assert found != simulate(run, SMALL)


def test_another_population_has_them_too(
    chosen: Parameters, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is handed the same object by the same factory."""
    monkeypatch.setattr(experiments.population.factory, "KINDS", (HEAP,))
    assert simulate(run, chosen) == expected(chosen)


def test_it_is_chosen_by_an_option(chosen: Parameters, capfd: pytest.CaptureFixture[str]) -> None:
    """Its name is one of those that help lists, and another one is refused."""
    more = ["--response", "doubling", "--gain", "0.25", "--seconds", str(UNTIL)]
    assert main([*OPTIONS, *more]) == 0
    report = json.loads(capfd.readouterr().out)
    assert (report["flashes"], report["digest"]) == expected(chosen)
    with pytest.raises(SystemExit):
        main(["--response", "none"])
    assert capfd.readouterr().err == (
        "fireflies run: --response must be one of constant, multiplicative, mirollo-strogatz, "
        "inhibitory, drawn, doubling, got 'none'\n"
    )


def test_it_changes_while_a_run_goes_on_and_a_session_repeats_that(
    chosen: Parameters, tmp_path: Path
) -> None:
    """Response and parameter are live: the session has both, and gives the same flashes."""

    async def body(simulation: Simulation) -> str:
        simulation.run_until(2.0)
        simulation.change(response="doubling", gain=0.5)
        simulation.run_until(4.0)
        simulation.change(response="constant")
        simulation.run_until(UNTIL)
        save_session(tmp_path / "it.fireflies", session_of(simulation))
        return simulation.flashes.digest().hexdigest()

    digest = simulate(body, SMALL)
    text = (tmp_path / "it.fireflies").read_text()
    assert '"change":{"response":"doubling","gain":0.5}' in text
    session = load_session(tmp_path / "it.fireflies")
    assert session.parameters == SMALL

    async def repeat(simulation: Simulation) -> str:
        simulation.follow(session)
        simulation.run_until(UNTIL)
        return simulation.flashes.digest().hexdigest()

    assert simulate(repeat, session.parameters) == digest
    assert digest != simulate(run, SMALL)[1]


def test_taken_away_there_is_none(capfd: pytest.CaptureFixture[str]) -> None:
    """It is no value of that option."""
    assert "doubling" not in RESPONSES
    with pytest.raises(SystemExit):
        main(["--response", "doubling"])
    assert "--response must be one of constant, multiplicative" in capfd.readouterr().err


def test_a_response_takes_two_files_of_the_product() -> None:
    """Its own, and that of the parameters that it needs."""
    names = ('"multiplicative"', '"mirollo-strogatz"', '"inhibitory"')
    assert {each.strip('"') for each in names} < RESPONSES.keys()
    # Presets and figures choose some, and need none.
    choosing = {"experiments/keep/gallery.py", "experiments/benchmarks/responses.py"}
    files = files_that_name([*names, *(f"def {name}(parameters:" for name in RESPONSES)])
    assert files - choosing == {"experiments/model/response.py", "experiments/model/parameters.py"}
