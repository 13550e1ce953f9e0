"""Moments as files: the whole state of a run, to go on from without repeating all before it.

A moment belongs to a session and lies beside it. Its contents are checked against the session
and against its own check sum; if they can't be used, the run is repeated instead.
"""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from experiments.files.strange_file import StrangeFileError, read_bounded
from experiments.keep.session import Session
from experiments.model.checkpoint import Checkpoint
from experiments.model.coherence_record import CoherenceRecord
from experiments.model.flash_log import Digest
from experiments.model.flight import NO_PULSES, PULSES
from experiments.model.parameters import Parameters
from experiments.run.moment import Moment

MOST_MOMENT_BYTES: Final = 128_000_000
"""Twice what the largest swarm and the longest record take."""

_BEGINNING: Final = b"fireflies moment 1\n"
_SUM_BYTES: Final = 32


@dataclass(frozen=True, slots=True)
class SavedMoment:
    """A moment, and what pictures remember of the time before it.

    Attributes
    ----------
    moment
        The state. Its digest is not known: no SHA-256 can be taken up in another process.
    memory
        Last flashes and the times between the last two, seconds; shape ``(2, n)``.
    """

    moment: Moment
    memory: NDArray[np.float64]


def moment_encoder(moment: Moment, memory: NDArray[np.float64]) -> Callable[[], bytes]:
    """Collect what to save; returns what encodes it, which another thread may call."""
    record, checkpoint = moment.coherence.until(moment.coherence_mark), moment.checkpoint
    last = moment.interventions[moment.n_interventions - 1].t if moment.n_interventions else None
    about = {
        "t": checkpoint.t,
        "initial": moment.initial.values(),
        "parameters": checkpoint.parameters.values(),
        "n_actions": checkpoint.n_actions,
        "n_flashes": moment.digest.n,
        "n_interventions": moment.n_interventions,
        "last_intervention": last,
    }

    def encode() -> bytes:
        told, arrays = record.told()
        arrays |= {
            "zero": checkpoint.zero,
            "counts": checkpoint.counts,
            "status": checkpoint.status,
            "pulses": checkpoint.pulses,
            "memory": memory,
            "about": np.frombuffer(json.dumps(about | {"record": told}).encode(), dtype=np.uint8),
        }
        contents = io.BytesIO()
        np.savez(contents, **arrays)  # type: ignore[arg-type]
        payload = contents.getvalue()
        return _BEGINNING + hashlib.sha256(payload).digest() + payload

    return encode


def load_moment(path: Path, session: Session) -> SavedMoment | None:
    """The moment of a session, or None if there is none that can be used."""
    try:
        contents = read_bounded(path, MOST_MOMENT_BYTES, "a moment")
        payload = contents[len(_BEGINNING) + _SUM_BYTES :]
        if contents[: -len(payload) or None] != _BEGINNING + hashlib.sha256(payload).digest():
            return None
        with zipfile.ZipFile(io.BytesIO(payload)) as members:
            if any(each.compress_type != zipfile.ZIP_STORED for each in members.infolist()):
                return None  # not written so: what it takes when unpacked has no bound
        with np.load(io.BytesIO(payload), allow_pickle=False) as arrays:
            return _understood(dict(arrays), session)
    except (StrangeFileError, OSError, EOFError, zipfile.BadZipFile):
        return None
    except (ValueError, LookupError, TypeError, AttributeError):  # not what was written
        return None


def _understood(arrays: dict[str, NDArray[Any]], session: Session) -> SavedMoment | None:
    about = json.loads(arrays["about"].tobytes())
    n, n_done, t = session.parameters.n_fireflies, about["n_interventions"], about["t"]
    steps = session.steps
    last = steps[n_done - 1].t if 0 < n_done <= len(steps) else None
    is_of_it = (
        Parameters(**about["initial"]) == session.parameters
        and n_done <= len(steps)
        and last == about["last_intervention"]
        and t <= session.end
        and all(step.t >= t for step in steps[n_done:])
        and all(len(arrays[name]) == n for name in ("zero", "counts", "status"))
        and arrays["memory"].shape == (2, n)
    )
    if not is_of_it:
        return None
    parameters = Parameters(**about["parameters"])
    record = CoherenceRecord.of_told(n, about["record"], arrays)
    checkpoint = Checkpoint(
        t,
        parameters,
        arrays["zero"],
        arrays["counts"],
        arrays["status"],
        about["n_actions"],
        _pulses(arrays.get("pulses", NO_PULSES), t, n),
    )
    moment = Moment(
        session.parameters,
        checkpoint,
        Digest(about["n_flashes"]),
        record,
        record.mark(),
        [steps[k].intervention(order=k + 1) for k in range(n_done)],
        n_done,
    )
    return SavedMoment(moment, arrays["memory"])


def _pulses(pulses: NDArray[Any], t: float, n: int) -> NDArray[Any]:
    """Pulses in flight at a time as they were written; ValueError if they weren't."""
    is_right = (
        pulses.dtype == PULSES
        and pulses.ndim == 1
        and np.all(pulses["sender"] < n)
        and np.all(pulses["arrival"] >= t)
        and np.all(np.isfinite(pulses["arrival"]))
        and np.all(np.diff(pulses["arrival"]) >= 0.0)
        and np.all(pulses["k"] >= 1)
        and np.all((pulses["loss"] >= 0.0) & (pulses["loss"] <= 1.0))
    )
    if not is_right:
        raise ValueError("not pulses in flight")
    return pulses
