"""The Kuramoto model: phases that all pull on each other through their mean field.

With the order parameter ``R e^(i psi) = mean(e^(i theta))`` each of n phases obeys

    d theta_i / dt = omega_i + K R sin(psi - theta_i - alpha).

alpha = 0 is the model of Y. Kuramoto, *Chemical Oscillations, Waves, and Turbulence* (1984);
else it is that of H. Sakaguchi and Y. Kuramoto, Prog. Theor. Phys. 76, 576 (1986). S. Strogatz,
Physica D 143, 1 (2000) tells how its theory came about.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


def lorentzian_frequencies(n: int, half_width: float) -> NDArray[np.float64]:
    """Frequencies that lie as a Lorentzian about 0 does: its quantiles, ascending.

    ``omega_i = gamma tan(pi ((i + 1/2) / n - 1/2))``. No random numbers, so that few
    oscillators are close to infinitely many.

    Parameters
    ----------
    n
        How many.
    half_width
        gamma, half of the width at half of the height, in rad/s.

    Returns
    -------
    numpy.ndarray
        In rad/s, shape ``(n,)``.
    """
    quantiles = (np.arange(n) + 0.5) / n
    frequencies: NDArray[np.float64] = half_width * np.tan(math.pi * (quantiles - 0.5))
    return frequencies


def locked_coherence(coupling: float, half_width: float, phase_lag: float = 0.0) -> float:
    """R of infinitely many oscillators with Lorentzian frequencies, after long.

    ``sqrt(1 - 2 gamma / (K cos alpha))``, and 0 where that is none: E. Ott and T. Antonsen,
    Chaos 18, 037113 (2008); for alpha = 0 already Kuramoto (1984).

    Parameters
    ----------
    coupling, half_width
        K > 0 and gamma, in rad/s.
    phase_lag
        alpha in rad, below pi/2 in modulus.
    """
    return math.sqrt(max(0.0, 1.0 - 2.0 * half_width / (coupling * math.cos(phase_lag))))


@dataclass(frozen=True, slots=True, eq=False)
class KuramotoModel:
    """Oscillators with frequencies of their own, and how they pull.

    Attributes
    ----------
    frequencies
        omega, in rad/s, shape ``(n,)``.
    coupling
        K, in rad/s.
    phase_lag
        alpha, in rad.
    """

    frequencies: NDArray[np.float64]
    coupling: float
    phase_lag: float = 0.0

    def velocities(self, phases: NDArray[np.float64]) -> NDArray[np.float64]:
        """d theta / dt in rad/s, of phases in rad; shape ``(n,)`` both."""
        units = np.exp(1j * phases)
        pull = self.coupling * units.mean() * np.exp(-1j * self.phase_lag)
        velocities: NDArray[np.float64] = self.frequencies + (pull * units.conj()).imag
        return velocities

    def step(self, phases: NDArray[np.float64], dt: float) -> NDArray[np.float64]:
        """Phases dt seconds later, by the classical Runge-Kutta method of order 4.

        What turns fast is no matter: a constant frequency is integrated without error.
        """
        first = self.velocities(phases)
        second = self.velocities(phases + 0.5 * dt * first)
        third = self.velocities(phases + 0.5 * dt * second)
        fourth = self.velocities(phases + dt * third)
        return phases + dt / 6.0 * (first + 2.0 * second + 2.0 * third + fourth)

    def order_parameters(
        self, phases: NDArray[np.float64], dt: float, n_steps: int
    ) -> NDArray[np.complex128]:
        """The order parameter after 0, 1, … steps of dt seconds, shape ``(n_steps + 1,)``."""
        found = np.empty(n_steps + 1, dtype=np.complex128)
        for n in range(n_steps + 1):
            found[n] = np.exp(1j * phases).mean()
            if n < n_steps:
                phases = self.step(phases, dt)
        return found

    def coherence(self, seconds: float = 20.0, dt: float = 0.1) -> float:
        """R from all phases equal, meant over the second half of some seconds."""
        course = self.order_parameters(np.zeros_like(self.frequencies), dt, round(seconds / dt))
        return float(np.abs(course[len(course) // 2 :]).mean())
