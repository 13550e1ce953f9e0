"""Provenance: what made a file, and the command that makes it again."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from experiments.keep.session_text import program_version
from experiments.model.parameters import PARAMETER_FIELDS, Parameters
from experiments.run.simulation import Simulation


def units(parameters: Parameters) -> dict[str, str]:
    """The unit of each number in a sidecar, by its key; columns state their own."""
    said = parameters.as_dict()
    return {
        **{
            f"parameters.{each.name}": each.unit.meaning
            for each in PARAMETER_FIELDS.in_files
            if each.name in said
        },
        "last_parameters": "as those of parameters",
        "seed": PARAMETER_FIELDS["seed"].unit.meaning,
        "interventions": "changes and actions from outside",
        "virtual_s": "s of virtual time",
        "rows": "rows of the file",
    }


def sidecar_path(path: Path) -> Path:
    """The file beside `path` that says what made it: ``flashes.csv.meta.json``."""
    return path.with_name(f"{path.name}.meta.json")


def has_sidecar(path: Path) -> bool:
    """Whether a file may stand beside `path`: a device or a pipe is no place for one."""
    return not path.exists() or path.is_file()


@dataclass(frozen=True, slots=True, kw_only=True)
class Provenance:
    """What a run was, in enough detail to repeat it.

    Attributes
    ----------
    command
        The command that repeats it.
    parameters
        Those it began with.
    last_parameters
        Those in force at its end; None while the run goes on, as what follows.
    n_interventions
        Changes and actions from outside, an opening's included. If the command has neither
        the opening nor a session with them, it doesn't repeat the run by itself.
    virtual_s
        Seconds of virtual time.
    digest
        SHA-256 of its flashes.
    """

    command: str
    parameters: Parameters
    last_parameters: Parameters | None = None
    n_interventions: int | None = None
    virtual_s: float | None = None
    digest: str | None = None

    def at_end_of(self, simulation: Simulation) -> Provenance:
        """The same, with what is known of a run now that it stands at a complete instant."""
        return dataclasses.replace(
            self,
            parameters=simulation.initial,
            last_parameters=simulation.parameters,
            n_interventions=len(simulation.interventions),
            virtual_s=simulation.instant.t,
            digest=simulation.flashes.digest().hexdigest() or None,
        )

    def describe(self, what: str, meanings: Mapping[str, str], rows: int | None) -> dict[str, Any]:
        """The description of a file of this run, ready for JSON.

        Parameters
        ----------
        what
            What its rows are.
        meanings
            What each column holds, with its unit.
        rows
            How many there are; None while the run goes on.
        """
        return {
            "made_by": f"cascade-fireflies {program_version()}",
            "command": self.command,
            "what": what,
            "columns": dict(meanings),
            "seed": self.parameters.seed,
            "parameters": self.parameters.as_dict(),
            "last_parameters": self.last_parameters and self.last_parameters.as_dict(),
            "interventions": self.n_interventions,
            "virtual_s": self.virtual_s,
            "digest": self.digest,
            "rows": rows,
            "units": units(self.parameters),
        }

    def sidecar(self, what: str, meanings: Mapping[str, str], rows: int | None) -> bytes:
        """The contents of the file beside a file of this run; see :meth:`describe`."""
        return (json.dumps(self.describe(what, meanings, rows), indent=2) + "\n").encode()
