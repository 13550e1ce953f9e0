"""The rules in force, as the kernel takes them."""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from experiments.model.parameters import Parameters
from experiments.model.random_streams import JITTER, LOSS, mix
from experiments.model.response import RESPONSES
from experiments.population.compiled import kernel
from experiments.population.compiled.kernel import Rules, StateArrays

_NO_NUMBERS: Final = np.zeros(1, dtype=np.float64)


def rules_of(parameters: Parameters, state: StateArrays) -> Rules:
    """Parameters as the kernel takes them, for fireflies in some state."""
    points, slopes = parameters.points, parameters.slopes
    phases, shifts = (np.array(row, dtype=np.float64) for row in zip(*points, strict=True))
    is_drawn = slopes is not None
    jitter_key, loss_key = (
        np.uint64(mix(mix(parameters.seed) ^ stream)) for stream in (JITTER, LOSS)
    )
    return Rules(
        response=getattr(kernel, RESPONSES[parameters.response].in_kernel),
        nudge=parameters.nudge,
        strength=parameters.strength,
        a=math.nan if parameters.a is None else parameters.a,
        c=math.nan if parameters.c is None else parameters.c,
        phases=phases,
        shifts=shifts,
        slopes=np.array(slopes) if is_drawn else _NO_NUMBERS,
        refractory=parameters.refractory,
        jitter=parameters.jitter,
        delay=parameters.delay,
        loss=parameters.loss,
        jitter_key=jitter_key,
        loss_key=loss_key,
        stride=int(len(state.periods) > 1),
        has_statuses=bool(state.status.any()),
    )
