"""What a session file or a preset says, and what comes of it, in figures that can be stored."""

from __future__ import annotations

import asyncio
import hashlib
import json
import tomllib
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from experiments import (
    SESSION_SUFFIX,
    Intervention,
    Opening,
    ParameterChange,
    Parameters,
    Preset,
    PresetWindow,
    Session,
    Simulation,
    as_file,
    encode_session,
    load_session,
    open_with,
    save_preset,
)

FOLDER: Final = Path(__file__).parent
TABLE: Final = "outcomes.toml"

PRESET_SECONDS: Final = 6.0
"""Virtual time for which a preset runs: longer than a period, so that all have flashed."""

LARGE_PRESET_SECONDS: Final = 1.5
"""That of a preset with more than `LARGE` fireflies: by then thousands of them have flashed."""

LARGE: Final = 5_000

Outcome = dict[str, Any]


def stored(folder: Path = FOLDER) -> dict[str, dict[str, Outcome]]:
    """The outcomes as they were stored: those of ``sessions`` and of ``presets``, by name."""
    return tomllib.loads((folder / TABLE).read_text(encoding="utf-8"))


def session_file(name: str, folder: Path = FOLDER) -> Path:
    """Where the session of a name is kept."""
    return folder / "sessions" / f"{name}{SESSION_SUFFIX}"


def session_files(folder: Path = FOLDER) -> list[Path]:
    """The kept session files, in the order of their names."""
    return sorted(folder.glob(f"sessions/*{SESSION_SUFFIX}"))


def session_outcome(path: Path) -> Outcome:
    """What a session file says, what it is written as, and what comes of repeating it."""
    session = load_session(path)
    return {
        "file": sha256(path.read_bytes()),
        "written_again": sha256(encode_session(session)),
        "version": session.version,
        "interventions": len(session.steps),
        "said": sha256("\n".join(map(_plainly, session.script())).encode()),
        "began_with": session.parameters.as_dict(),
        "ended_with": session.last_parameters.as_dict(),
        "came_to": repeat(session),
    }


def preset_outcome(preset: Preset, scratch: Path) -> Outcome:
    """What a preset says, its words and its look apart, and what comes of it."""
    seconds = LARGE_PRESET_SECONDS if preset.parameters.n_fireflies > LARGE else PRESET_SECONDS
    save_preset(scratch, replace(as_file(preset), description="", window=PresetWindow()))
    return {
        "written": sha256(scratch.read_bytes()),
        "began_with": preset.parameters.as_dict(),
        "came_to": _run(preset.parameters, seconds, opening=preset.opening),
    }


def repeat(session: Session) -> Outcome:
    """What comes of a session when it is followed to its end."""
    return _run(session.parameters, session.end, session=session)


def figures(simulation: Simulation) -> Outcome:
    """Where a simulation has come to, to the last bit."""
    state = simulation.checkpoint()
    simulation.sample()
    arrays = (
        state.zero.astype("<f8"),
        state.counts.astype("<i8"),
        state.status.astype("<u1"),
    )
    return {
        "t": simulation.now,
        "flashes": len(simulation.flashes),
        "digest": simulation.flashes.digest().hexdigest(),
        "state": sha256(b"".join(each.tobytes() for each in arrays)),
        "actions": state.n_actions,
        "interventions": len(simulation.interventions),
        "R": abs(simulation.order_parameter()),
        "R_samples": len(simulation.coherence),
        "R_mean": float(simulation.coherence.values.mean()),
    }


def sha256(contents: bytes) -> str:
    """Their digest, 64 hexadecimal digits."""
    return hashlib.sha256(contents).hexdigest()


def _run(
    parameters: Parameters,
    seconds: float,
    opening: Iterable[Opening] = (),
    session: Session | None = None,
) -> Outcome:
    async def main() -> Outcome:
        simulation = Simulation(parameters)
        await simulation.start()
        try:
            open_with(simulation, opening)
            following = None if session is None else simulation.follow(session)
            simulation.run_until(seconds)
            assert following is None or following.is_over
            assert not simulation.failures
            return figures(simulation)
        finally:
            await simulation.aclose()

    return asyncio.run(main())


def _plainly(intervention: Intervention) -> str:
    """All that an intervention says, without a word of the file's layout."""
    t, what = intervention.t.hex(), intervention.what
    if isinstance(what, ParameterChange):
        values = {name: float(value).hex() for name, value in what.values.items()}
        return json.dumps([t, intervention.order, values])
    return json.dumps([t, intervention.order, what.action.value, what.ids])
