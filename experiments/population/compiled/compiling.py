"""Compiling the kernel: once in a process, where it is needed, and never at start-up."""

from __future__ import annotations

import importlib.util
import threading
from typing import Final

from experiments.population.compiled import kernel

HOW_TO_INSTALL: Final = "pip install 'fireflies[fast]'"

_lock = threading.Lock()
_state = {"compiled": False}


def is_installed() -> bool:
    """Whether numba is there; it isn't imported."""
    return importlib.util.find_spec("numba") is not None


def is_compiled() -> bool:
    """Whether the kernel is machine code by now; until then it is Python."""
    return _state["compiled"]


def compile_kernel() -> None:
    """Import numba and make machine code of the kernel, or load that which was made before.

    Called from any thread. The first time ever it takes some seconds, later ones one or two,
    and none once it is done.

    Raises
    ------
    ImportError
        numba isn't installed.
    """
    with _lock:
        if _state["compiled"]:
            return
        import numba

        # Neither fast-math nor threads: see the kernel. It runs without the interpreter's lock.
        compiler = numba.njit(cache=True, nogil=True, error_model="numpy", _nrt=False)
        functions = {name: getattr(kernel, name) for name in kernel.KERNEL}
        for name, function in functions.items():
            setattr(kernel, name, compiler(function))
        try:
            _warm_up()
        except BaseException:
            for name, function in functions.items():
                setattr(kernel, name, function)
            raise
        _state["compiled"] = True


def _warm_up() -> None:
    """Call what is called from outside, so that all of it is compiled."""
    from experiments.model.flash_log import FlashLog
    from experiments.model.parameters import Parameters
    from experiments.population.compiled.population import CompiledPopulation

    population = CompiledPopulation(Parameters(side=3), None, FlashLog())
    population.make_ready()
    population.run_until(0.0)
    assert population.next_deadline is not None
