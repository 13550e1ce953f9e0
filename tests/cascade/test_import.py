"""What ``import cascade`` loads, and what it leaves until it is asked for."""

from __future__ import annotations

import subprocess
import sys

import pytest

import cascade as cs

_HEAVY = frozenset(
    (
        "_decimal", "argparse", "copy", "dataclasses", "decimal", "difflib", "fractions", "hashlib",
        "ipaddress", "json", "multiprocessing", "pathlib", "pickle", "platform", "queue", "random",
        "tempfile", "urllib", "uuid",
    )
)  # fmt: skip
"""Each takes a millisecond or more, and asyncio does without it."""

_LIGHT = frozenset(("__future__", "_typing", "typing"))
"""What asyncio does without, in some version of Python."""

_FOR_SOME = frozenset(
    (
        "cascade.adapters.cache", "cascade.adapters.captured", "cascade.adapters.connector",
        "cascade.adapters.fingerprint", "cascade.adapters.pools", "cascade.clock.virtual",
        "cascade.command_line", "cascade.option_parser", "cascade.runtime.constraints",
        "cascade.runtime.flights", "cascade.runtime.inspection", "cascade.runtime.link",
        "cascade.runtime.overriding", "cascade.scheduler.loop", "cascade.spec.waiting",
        "cascade.standard_output", "fnmatch", "numbers",
    )
)  # fmt: skip


def _loaded(code: str) -> set[str]:
    """Modules that a fresh interpreter has loaded after some code."""
    done = subprocess.run(
        [sys.executable, "-c", f"{code}\nimport sys\nprint(*sys.modules)"],
        capture_output=True,
        text=True,
        check=True,
    )
    return set(done.stdout.split())


def test_importing_cascade_loads_little_beyond_asyncio() -> None:
    """None of the heavy modules, and what few programs need only when they do."""
    asyncio_alone = _loaded("import asyncio")
    loaded = _loaded("import cascade") - asyncio_alone
    assert loaded.isdisjoint(_HEAVY - asyncio_alone)
    assert loaded.isdisjoint(_FOR_SOME)
    others = {name for name in loaded if not name.startswith("cascade")}
    assert others <= _LIGHT


def test_a_run_loads_nothing_more() -> None:
    """What runs is loaded before: no workflow waits for an import."""
    code = (
        "import cascade as cs\n"
        "@cs.task\n"
        "def double(x: int) -> int:\n"
        "    return 2 * x\n"
        "@cs.task\n"
        "async def add(x: int, y: int) -> int:\n"
        "    return x + y\n"
    )
    run = "assert cs.run(add(double(1), double(2)).with_retry(2)) == 6\n"
    more = _loaded(code + run) - _loaded(code)
    assert not [name for name in more if name in _HEAVY or name.startswith("cascade")], more


def test_every_public_name_is_there_however_it_is_asked_for() -> None:
    """By attribute, by ``from cascade import``, by ``*`` and in ``dir``, in a fresh process."""
    code = (
        "import cascade\n"
        "assert set(cascade.__all__) <= set(dir(cascade))\n"
        "from cascade import *\n"
        "assert set(cascade.__all__) <= set(globals())\n"
        "assert FileCache is cascade.FileCache\n"
        "from cascade import ProcessExecutor, dry_run\n"
    )
    _loaded(code)
    for name in cs.__all__:
        assert getattr(cs, name) is not None, name


def test_a_name_that_does_not_exist_is_told_as_of_any_module() -> None:
    """AttributeError, so that ``hasattr`` works, and the import error names it."""
    assert not hasattr(cs, "Misspelt")
    with pytest.raises(AttributeError, match="module 'cascade' has no attribute 'Misspelt'"):
        _ = getattr(cs, "Misspelt")  # noqa: B009 - mypy knows better
    with pytest.raises(ImportError, match="Misspelt"):
        exec("from cascade import Misspelt")
