"""The fireflies model: parameters, the swarm, the simulation, observables, headless runs."""

from experiments.actions import Action, FireflyAction, Intervention, ParameterChange
from experiments.flash_log import Digest, FlashLog
from experiments.gallery import GALLERY, Preset
from experiments.garbage import sparing_the_collector
from experiments.observables import (
    SAMPLE_INTERVAL,
    CoherenceRecord,
    local_order,
    noise_band,
    order_parameter,
)
from experiments.parameters import (
    PARAMETER_FIELDS,
    ParameterError,
    ParameterField,
    Parameters,
    check_workflow_side,
    command_line_of,
)
from experiments.runs import Failure
from experiments.simulation import Simulation
from experiments.swarm import Checkpoint, Status

__all__ = [
    "GALLERY",
    "PARAMETER_FIELDS",
    "SAMPLE_INTERVAL",
    "Action",
    "Checkpoint",
    "CoherenceRecord",
    "Digest",
    "Failure",
    "FireflyAction",
    "FlashLog",
    "Intervention",
    "ParameterChange",
    "ParameterError",
    "ParameterField",
    "Parameters",
    "Preset",
    "Simulation",
    "Status",
    "check_workflow_side",
    "command_line_of",
    "local_order",
    "noise_band",
    "order_parameter",
    "sparing_the_collector",
]
