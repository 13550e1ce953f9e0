"""Where a file comes from: what made it, and the command that makes it again."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Any, Final

import msgspec

from experiments.flash_log import Digest, FlashLog
from experiments.opening import Opening
from experiments.parameters import Parameters
from experiments.simulation import Simulation

_PRODUCT: Final = "cascade-fireflies"


def version() -> str:
    """The installed version, ``0.1.0``; from a folder without installation, some words."""
    try:
        return metadata.version(_PRODUCT)
    except metadata.PackageNotFoundError:
        return "of unknown version"


def sidecar_path(path: Path) -> Path:
    """The file beside `path` that says what made it: ``flashes.csv.meta.json``."""
    return path.with_name(f"{path.name}.meta.json")


@dataclass(frozen=True, slots=True, kw_only=True)
class Provenance:
    """What a run was, as far as it takes to repeat it.

    Attributes
    ----------
    command
        What to type to have it again.
    parameters
        Those in force.
    opening
        What was done at t = 0.
    n_interventions
        Changes and actions since; with any, the command alone doesn't repeat the run.
    virtual_s
        Seconds of virtual time; None while the run goes on.
    digest
        SHA-256 of its flashes; None if they are not all at hand.
    """

    command: str
    parameters: Parameters
    opening: tuple[Opening, ...] = ()
    n_interventions: int = 0
    virtual_s: float | None = None
    digest: str | None = None

    def at_end_of(self, simulation: Simulation, digest: str | None = None) -> Provenance:
        """The same, with what is known of a run that stands at a complete instant.

        Parameters
        ----------
        simulation
            The run.
        digest
            Of its flashes. By default they are gone through here, all of them; None if
            some have been trimmed.
        """
        return dataclasses.replace(
            self,
            parameters=simulation.parameters,
            n_interventions=len(simulation.interventions) - len(self.opening),
            virtual_s=simulation.observed_time,
            digest=digest or _digest_of(simulation.flashes),
        )

    def describe(self, what: str, meanings: Mapping[str, str], rows: int | None) -> dict[str, Any]:
        """All there is to say of a file of this run, ready for JSON.

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
            "made_by": f"{_PRODUCT} {version()}",
            "command": self.command,
            "what": what,
            "columns": dict(meanings),
            "seed": self.parameters.seed,
            "parameters": self.parameters.as_dict(),
            "opening": list(msgspec.to_builtins(self.opening)),
            "interventions": self.n_interventions,
            "virtual_s": self.virtual_s,
            "digest": self.digest,
            "rows": rows,
        }

    def sidecar(self, what: str, meanings: Mapping[str, str], rows: int | None) -> bytes:
        """The contents of the file beside a file of this run; see :meth:`describe`."""
        return (json.dumps(self.describe(what, meanings, rows), indent=2) + "\n").encode()


def _digest_of(flashes: FlashLog) -> str | None:
    try:
        return Digest(flashes).hexdigest()
    except ValueError:  # the first ones have been let go
        return None
