"""Make `.venv` ready to run Fireflies (`run`), or to work on it as well (`dev`).

Called by the Makefile. With ``--check`` nothing is made: it is run by the
environment's own Python and exits 0 if that environment is up to date, in some
30 ms. Without, any Python from 3.8 on will do: the script finds the one to use.

What was made is written to a stamp inside `.venv`. While it is being made the
stamp says so, so that an interrupted set-up is recognised and started afresh.
"""

from __future__ import annotations

import argparse
import fcntl
import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from gui.system import system_needs  # noqa: E402  (of this project, which is not installed yet)
from gui.system.display import missing_for  # noqa: E402

VENV = ROOT / ".venv"
VENV_PYTHON = VENV / "bin" / "python"
STAMP = VENV / "fireflies-setup.json"

OLDEST, NEWEST_TRIED = (3, 11), (3, 14)
SUPPORTED = "Python 3.11 or newer"
CANDIDATES = ("python3", "python3.14", "python3.13", "python3.12", "python3.11", "python3.15")
EXTRAS = {"run": "[video,fast]", "dev": "[dev]"}


class SetupError(Exception):
    """The environment could not be made; the message says why and what to do."""


class Python(NamedTuple):
    """An interpreter: where it is, its (major, minor), and the installation it belongs to."""

    executable: str
    version: tuple[int, int]
    prefix: str

    @property
    def is_supported(self) -> bool:
        return self.version >= OLDEST

    @property
    def can_make_environments(self) -> bool:
        return _succeeds([self.executable, "-c", "import ensurepip, venv"])

    def is_same_as(self, other: Python) -> bool:
        return (self.version, self.prefix) == (other.version, other.prefix)


def main(arguments: Sequence[str] | None = None) -> int:
    """Check or make the environment; return the exit code."""
    parser = argparse.ArgumentParser(description="Make .venv ready.")
    parser.add_argument("level", choices=EXTRAS)
    parser.add_argument("--check", action="store_true", help="only say, by the exit code")
    options = parser.parse_args(arguments)
    try:
        if options.check:
            return 0 if is_ready(options.level) else 1
        with _alone():
            set_up(options.level)
    except (SetupError, system_needs.NotProvidedError) as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("Interrupted; the next make starts the set-up afresh.", file=sys.stderr)
        return 130
    return 0


def is_ready(level: str) -> bool:
    """Whether `.venv`, whose Python runs this, has everything for `level`."""
    stamp = _read_stamp()
    here = _stamp(level, sys.version_info[:2])
    up_to_date = {**stamp, "level": level} == here and stamp.get("level") in (level, "dev")
    if not up_to_date or missing_for(window=level == "run"):
        return False
    asked = _asked_for()
    return asked is None or _is_environment_of(asked)


def set_up(level: str) -> None:
    """Make or complete `.venv` for `level`, unless another make just did."""
    if _succeeds([str(VENV_PYTHON), "-S", __file__, "--check", level]):
        return
    asked = _asked_for()
    python = None if _can_keep_environment(asked) else asked or find_python(CANDIDATES)
    needs = missing_for(window=level == "run")
    if python is not None and not python.can_make_environments:
        needs.append(_venv_need(python))
    system_needs.provide(needs, "run make again")

    if python is not None:
        version = ".".join(map(str, python.version))
        print(f"Making .venv with Python {version} ({python.executable}).", flush=True)
        shutil.rmtree(VENV, ignore_errors=True)
        VENV.mkdir()
    _write_stamp({})
    if python is not None:
        _call([python.executable, "-m", "venv", str(VENV)])
    print("Installing the pinned packages; this takes a minute or two.", flush=True)
    _install(level)
    made = probe(str(VENV_PYTHON))
    if made is None:
        raise SetupError(f"{VENV_PYTHON} does not run.")
    _write_stamp(_stamp(level, made.version))


def find_python(names: Sequence[str]) -> Python:
    """Return the first of `names` that is a supported Python, one that was tried if there is any.

    Raises
    ------
    SetupError
        When none is; the message lists what was found.
    """
    found = {name: python for name in names if (python := probe(name)) is not None}
    supported = [python for python in found.values() if python.version >= OLDEST]
    tried = [python for python in supported if python.version <= NEWEST_TRIED]
    if supported:
        return (tried or supported)[0]
    said = [f"{name} is {'.'.join(map(str, each.version))}" for name, each in found.items()]
    raise SetupError(
        f"Fireflies needs {SUPPORTED}, but {', '.join(said) or 'found none'}: "
        "install one, or name it with make PYTHON=/path/to/python3.12."
    )


def probe(command: str) -> Python | None:
    """Return the interpreter that `command` starts, or None if it starts none."""
    # Of an environment, its base: that one is still there when `.venv` is made anew.
    code = (
        "import json, sys; executable = getattr(sys, '_base_executable', sys.executable);"
        "print(json.dumps([executable, sys.version_info[:2], sys.base_prefix]))"
    )
    try:
        output = subprocess.run(
            [command, "-c", code],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            check=True,
        ).stdout
        executable, (major, minor), prefix = json.loads(output)
    except (OSError, subprocess.CalledProcessError, ValueError):
        return None
    return Python(executable, (major, minor), prefix)


@contextmanager
def _alone() -> Iterator[None]:
    """Let a second make, in another terminal, wait rather than make the same `.venv`."""
    with open(__file__, "r+b") as this_file:
        with suppress(OSError):  # some network file systems know no locks
            fcntl.flock(this_file, fcntl.LOCK_EX)
        yield


def _asked_for() -> Python | None:
    """Return the interpreter named by the variable PYTHON, if it is set."""
    name = os.environ.get("PYTHON")
    if not name:
        return None
    if probe(name) is None:
        raise SetupError(f"PYTHON must name {SUPPORTED}, but {name!r} does not run.")
    return find_python([name])


def _can_keep_environment(asked: Python | None) -> bool:
    """Whether `.venv` can be completed, rather than made anew."""
    # Without a stamp it was made by hand: it is kept if it works.
    stamp = _read_stamp() if STAMP.exists() else {"folder": str(ROOT)}
    if stamp.get("folder") != str(ROOT) or not _succeeds([str(VENV_PYTHON), "-c", "import pip"]):
        return False
    inside = probe(str(VENV_PYTHON))
    if inside is None or not inside.is_supported:
        return False
    return asked is None or inside.is_same_as(asked)


def _is_environment_of(asked: Python) -> bool:
    inside = probe(str(VENV_PYTHON))
    return inside is not None and inside.is_same_as(asked)


def _succeeds(command: Sequence[str]) -> bool:
    """Whether `command` can be run and succeeds; what it prints is dropped."""
    try:
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, check=False)
    except OSError:
        return False
    return done.returncode == 0


def _venv_need(python: Python) -> system_needs.Need:
    """Name what gives `python` its venv module: Debian's Pythons have it in a package."""
    version = ".".join(map(str, python.version))
    what = f"the venv and ensurepip modules of {python.executable}"
    if python.prefix != "/usr":
        return system_needs.Need(what, ())
    default = probe("/usr/bin/python3")
    is_default = default is not None and default.is_same_as(python)
    return system_needs.Need(what, ("python3-venv" if is_default else f"python{version}-venv",))


def _install(level: str) -> None:
    pip = [str(VENV_PYTHON), "-m", "pip", "install", "--disable-pip-version-check", "--no-input"]
    # Twice: errors alone. Warnings are about pip's own configuration, not about us.
    pip += ["--quiet", "--quiet", "-c", "constraints.txt"]
    # Constraints do not reach the separate environment in which pip would build:
    # the pinned build backend is installed first and used from here.
    _call([*pip, "hatchling", "editables"])
    _call([*pip, "--no-build-isolation", "-e", f".{EXTRAS[level]}"])


def _call(command: Sequence[str]) -> None:
    code = subprocess.run(command, cwd=ROOT, stdin=subprocess.DEVNULL, check=False).returncode
    if code != 0:
        raise SetupError(f"{' '.join(command)} failed with exit code {code}, see above.")


def _stamp(level: str, version: Sequence[int]) -> dict[str, object]:
    inputs = hashlib.sha256()
    for name in ("pyproject.toml", "constraints.txt"):
        inputs.update((ROOT / name).read_bytes())
    return {
        "level": level,
        "folder": str(ROOT),
        "python": list(version),
        "inputs": inputs.hexdigest(),
    }


def _read_stamp() -> dict[str, object]:
    """Return the stamp; it is empty while a set-up is unfinished, or if it is damaged."""
    try:
        stamp = json.loads(STAMP.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return stamp if isinstance(stamp, dict) else {}


def _write_stamp(stamp: dict[str, object]) -> None:
    STAMP.write_text(json.dumps(stamp, indent=1), encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
