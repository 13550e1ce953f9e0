"""The Kuramoto model as its theory says."""

from __future__ import annotations

import math

import numpy as np
import pytest

from experiments.reference import KuramotoModel, locked_coherence, lorentzian_frequencies

HALF_WIDTH = 0.5
N = 2000


@pytest.mark.parametrize(
    ("coupling", "phase_lag", "expected"),
    [
        (1.5, 0.0, math.sqrt(1 - 1 / 1.5)),
        (2.0, 0.0, math.sqrt(1 - 1 / 2)),
        (3.0, 0.0, math.sqrt(1 - 1 / 3)),
        (4.0, 0.8, 0.8007),
    ],
)
def test_coherence_is_that_of_theory(coupling: float, phase_lag: float, expected: float) -> None:
    """With Lorentzian frequencies R is known exactly; 2,000 oscillators come within 0.01.

    From R = 1 it gets there as e^(-(K cos alpha - 2 gamma) t), to 0.002 at the least in the ten
    seconds that are left out.
    """
    model = KuramotoModel(lorentzian_frequencies(N, HALF_WIDTH), coupling, phase_lag)
    assert model.coherence() == pytest.approx(expected, abs=0.01)
    assert locked_coherence(coupling, HALF_WIDTH, phase_lag) == pytest.approx(expected, abs=5e-5)


def test_too_weak_a_coupling_leaves_no_order() -> None:
    """Below K = 2 gamma, R dies out from 1 all along as theory says, to 0.02.

    That is dR / dt = (K / 2 - gamma) R - K R^3 / 2 (Ott & Antonsen 2008), for K = gamma with
    the solution R^2 = 1 / (2 e^(gamma t) - 1).
    """
    model = KuramotoModel(lorentzian_frequencies(N, HALF_WIDTH), HALF_WIDTH)
    course = np.abs(model.order_parameters(np.zeros(N), 0.1, 120))
    times = 0.1 * np.arange(121)
    assert np.abs(course - (2 * np.exp(HALF_WIDTH * times) - 1) ** -0.5).max() < 0.02
    assert locked_coherence(HALF_WIDTH, HALF_WIDTH) == 0.0


def test_frequencies_are_the_quantiles_of_a_lorentzian() -> None:
    """Half of them lie within the half width, a quarter on each side beyond it; none is moved."""
    frequencies = lorentzian_frequencies(N, HALF_WIDTH)
    assert np.count_nonzero(np.abs(frequencies) < HALF_WIDTH) == N // 2
    assert np.count_nonzero(frequencies > HALF_WIDTH) == N // 4
    assert frequencies.sum() == pytest.approx(0, abs=1e-9)
    assert np.all(np.diff(frequencies) > 0)


@pytest.mark.parametrize("frequency", [0.0, 3.0])
def test_error_of_a_step_is_of_the_fourth_order(frequency: float) -> None:
    """Two equal oscillators close their gap as tan(gap / 2) = tan(start / 2) e^(-K t)."""
    model = KuramotoModel(np.array([frequency, frequency]), 1.0)
    start, seconds = 2.0, 2.0
    expected = math.cos(math.atan(math.tan(start / 2) * math.exp(-seconds)))
    errors = []
    for n_steps in (10, 20):
        course = model.order_parameters(np.array([0.0, start]), seconds / n_steps, n_steps)
        errors.append(abs(abs(course[-1]) - expected))
    assert errors[1] < 1e-6
    assert errors[0] / errors[1] == pytest.approx(16, rel=0.15)


def test_phase_lag_turns_all_together() -> None:
    """Equal oscillators in phase turn by -K sin(alpha) on top of their frequency."""
    model = KuramotoModel(np.full(3, 2.0), 1.5, 0.4)
    assert model.velocities(np.full(3, 0.7)) == pytest.approx([2 - 1.5 * math.sin(0.4)] * 3)
