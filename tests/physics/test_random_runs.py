"""The population of workflows against the oracle, over all that the extended model allows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from experiments import Parameters as ProductParameters
from experiments import (
    Simulation,
    decode_session,
    encode_session,
    load_moment,
    moment_encoder,
    session_of,
)
from tests import reference_model
from tests.experiments.simulating import simulate
from tests.physics import product
from tests.physics.random_runs import RandomRun, random_graph, random_run
from tests.proofs import FULL, count
from tests.reference.parameters import Parameters
from tests.reference.topologies import hearers

SEEDS = st.integers(0, 2**32)
EXAMPLES = settings(
    max_examples=count(30, 2_000),
    derandomize=not FULL,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],  # a smaller seed is no smaller run
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
DEARER = settings(EXAMPLES, max_examples=count(12, 500))

RUNS = st.builds(
    random_run,
    seed=SEEDS,
    side=st.sampled_from([3, 3, 4, 5] + [6, 7] * FULL),
    operations=st.integers(0, 10),
)


@pytest.fixture(autouse=True)
def _counted(
    request: pytest.FixtureRequest, record_property: Callable[[str, object], None]
) -> None:
    """The report of the drill says how many random cases there were."""
    examples = DEARER if request.node.name == "test_files_bring_a_run_back" else EXAMPLES
    record_property("count", examples.max_examples)


def start_of(run: RandomRun) -> Any:
    """What the product begins with."""
    if run.zero is None:
        return ProductParameters(**run.values)
    return product.start_of(run.values, run.zero, run.flags)


def expected_of(run: RandomRun) -> reference_model.Result:
    """What the oracle gives."""
    start = None
    if run.zero is not None:
        start = reference_model.Checkpoint(0.0, run.zero, flags=run.flags)
    return reference_model.run(Parameters(**run.values), run.script, run.until, start)


def assert_equal(found: product.End, expected: reference_model.Result) -> None:
    """All that later flashes depend on is equal to the last bit; R nearly so."""
    assert found.flashes == expected.flashes
    assert found.checkpoint.zero.tolist() == expected.zero
    assert found.checkpoint.counts.tolist() == expected.counts
    assert found.checkpoint.n_actions == expected.actions
    assert product.flags_of(found.checkpoint) == expected.flags
    in_flight = sorted(expected.in_flight, key=lambda pulse: pulse.arrival)  # keeps their order
    assert product.in_flight_of(found.checkpoint) == [
        (pulse.arrival, pulse.sender, pulse.k) for pulse in in_flight
    ]
    assert found.r == pytest.approx(expected.r, abs=1e-9)


@pytest.mark.drill
@pytest.mark.slow
@EXAMPLES
@given(run=RUNS, budget_s=st.sampled_from([None, 0.0]))
def test_equal_to_the_oracle_flash_for_flash(run: RandomRun, budget_s: float | None) -> None:
    """Random parameters, states, changes and actions of the extended model: all is equal."""
    expected = expected_of(run)
    found = product.run(start_of(run), run.script, run.until, budget_s)
    assert_equal(found, expected)
    assert found.samples == pytest.approx([s.r for s in expected.samples], abs=1e-9)


@pytest.mark.drill
@pytest.mark.slow
@EXAMPLES
@given(run=RUNS)
def test_going_on_from_a_checkpoint_equals_the_oracle(run: RandomRun) -> None:
    """A run cut anywhere, pulses in flight and all, and gone on with, is what the oracle gives."""
    done = [operation for operation in run.script if operation[0] <= run.cut]
    first = product.run(start_of(run), done, run.cut)
    rest = product.run(first.checkpoint, run.script[len(done) :], run.until)
    expected = expected_of(run)
    assert first.flashes + rest.flashes == expected.flashes
    assert_equal(product.End(expected.flashes, rest.checkpoint, rest.r, []), expected)


@pytest.mark.drill
@pytest.mark.slow
@DEARER
@given(run=RUNS.filter(lambda run: run.zero is None))
def test_files_bring_a_run_back(run: RandomRun, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Its session repeats all its flashes; its moment, pulses and all, goes on to the same end."""
    done = [operation for operation in run.script if operation[0] <= run.cut]
    rest = run.script[len(done) :]

    async def save(simulation: Simulation) -> tuple[bytes, bytes]:
        product.play(simulation, done, run.cut)
        moment = moment_encoder(
            simulation.moment(), np.zeros((2, simulation.parameters.n_fireflies))
        )()
        product.play(simulation, rest, run.until)
        return moment, encode_session(session_of(simulation))

    async def repeat(simulation: Simulation) -> product.End:
        simulation.follow(session)
        return product.play(simulation, [], run.until)

    async def go_on(simulation: Simulation) -> product.End:
        saved = load_moment(path, session)
        assert saved is not None
        await simulation.go_to(saved.moment)
        return product.play(simulation, rest, run.until)

    expected = expected_of(run)
    moment, text = simulate(save, ProductParameters(**run.values))
    session = decode_session(text, "it")
    assert_equal(simulate(repeat, session.parameters), expected)
    path = tmp_path_factory.mktemp("run") / "it.moment"
    path.write_bytes(moment)
    found = simulate(go_on, session.parameters)
    assert found.flashes == [flash for flash in expected.flashes if flash[0] > run.cut]
    assert found.checkpoint.zero.tolist() == expected.zero


@pytest.mark.drill
@pytest.mark.slow
@EXAMPLES
@given(seed=SEEDS)
def test_graphs_equal_those_of_the_oracle(seed: int) -> None:
    """Random topologies, edges and shares of rewired edges join the same fireflies."""
    values = random_graph(seed)
    assert product.product_hearers(values) == hearers(Parameters(**values))
