"""Compiling the kernel: once in a process, where it is needed, and never at start-up."""

from __future__ import annotations

import importlib.util
import threading
from collections.abc import Iterator
from concurrent.futures import Future
from types import ModuleType
from typing import Any, Final

from experiments.population.compiled import kernel

HOW_TO_INSTALL: Final = "pip install 'cascade-fireflies[fast]'"

_lock = threading.Lock()
_done: list[Future[None]] = []


def is_installed() -> bool:
    """Whether numba is there; it isn't imported."""
    return importlib.util.find_spec("numba") is not None


def is_compiled() -> bool:
    """Whether the kernel is machine code by now; until then it is Python."""
    return bool(_done) and _done[0].done() and _done[0].exception() is None


def compiled() -> Iterator[None]:
    """Wait for the kernel, which another thread compiles: a step for each look at it.

    The first time ever it takes some seconds, in later processes one or two, and none once it
    is done. Without numba the kernel stays Python.

    Raises
    ------
    Exception
        What went wrong there.
    """
    if not is_installed():
        return
    with _lock:
        if not _done:
            _done.append(Future())
            threading.Thread(target=_compile, args=_done, name="compiling", daemon=True).start()
    while not _done[0].done():
        yield
    _done[0].result()


def compile_kernel() -> None:
    """As :func:`compiled`, at once."""
    for _ in compiled():
        _done[0].exception()  # waits


def _compile(done: Future[None]) -> None:
    try:
        _compile_here()
    except BaseException as error:  # noqa: BLE001  (whoever waits is told)
        done.set_exception(error)
    else:
        done.set_result(None)


def _compile_here() -> None:
    import numba

    # Without the interpreter's lock, and without counting references to arrays, of which the
    # kernel makes none. Neither fast-math nor threads.
    kernel.prefetch = _prefetch_of_processor(numba)  # type: ignore[assignment]
    options: dict[str, Any] = {"cache": True, "nogil": True, "error_model": "numpy", "_nrt": False}
    compiler = numba.njit(**options)
    functions = {name: getattr(kernel, name) for name in kernel.KERNEL}
    for name, function in functions.items():
        setattr(kernel, name, compiler(function))
    try:
        _call_once()
    except BaseException:
        for name, function in functions.items():
            setattr(kernel, name, function)
        raise


def _prefetch_of_processor(numba: ModuleType) -> Any:
    """The instruction behind :func:`experiments.population.compiled.kernel.prefetch`."""
    from llvmlite import ir
    from numba.extending import intrinsic

    def prefetch(_context: Any, array: Any, at: Any) -> Any:
        def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
            data = context.make_array(signature.args[0])(context, builder, arguments[0]).data
            byte, word = ir.IntType(8).as_pointer(), ir.IntType(32)
            kind = ir.FunctionType(ir.VoidType(), [byte, word, word, word])
            call = builder.module.declare_intrinsic("llvm.prefetch", [byte], kind)
            place = builder.bitcast(builder.gep(data, [arguments[1]]), byte)
            # To be read, to be kept near, of data.
            builder.call(call, [place, word(0), word(3), word(1)])
            return context.get_dummy_value()

        return numba.types.void(array, at), generate

    return intrinsic(prefetch)


def _call_once() -> None:
    """Call what is called from outside, so that all of it is compiled."""
    from experiments.model.flash_log import FlashLog
    from experiments.model.parameters import Parameters
    from experiments.population.compiled.population import CompiledPopulation

    population = CompiledPopulation(Parameters(side=3), None, FlashLog())
    population.make_ready()
    population.run_until(0.0)
    population.order_of(population.zero_times(), 0.0, 5.0)
    if population.next_deadline is None:
        raise RuntimeError("the compiled kernel finds no flash that is due")
