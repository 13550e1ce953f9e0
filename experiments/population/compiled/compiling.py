"""Compiling the kernel: once in a process, where it is needed, and never at start-up."""

from __future__ import annotations

import hashlib
import importlib.util
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from pathlib import Path
from types import ModuleType
from typing import Any, Final

import platformdirs

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


def compiled(call_once: Callable[[], object]) -> Iterator[None]:
    """Wait for the kernel, which another thread compiles: a step for each look at it.

    The first time ever it takes some seconds, in later processes one or two, and none once it
    is done. Without numba the kernel stays Python.

    Parameters
    ----------
    call_once
        Calls all that is called from outside, so that it is compiled.

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
            asked = call_once, _done[0]
            threading.Thread(target=_compile, args=asked, name="compiling", daemon=True).start()
    while not _done[0].done():
        yield
    _done[0].result()


def _compile(call_once: Callable[[], object], done: Future[None]) -> None:
    try:
        _compile_here(call_once)
    except BaseException as error:  # noqa: BLE001  (whoever waits is told)
        done.set_exception(error)
    else:
        done.set_result(None)


def _compile_here(call_once: Callable[[], object]) -> None:
    import numba

    functions = {name: getattr(kernel, name) for name in kernel.KERNEL}
    functions["prefetch"] = kernel.prefetch
    kernel.prefetch = _prefetch_of_processor(numba)
    setattr(numba.config, "CACHE_DIR", str(cache_folder(numba.__version__)))  # noqa: B010
    for is_kept in (True, False):  # what was kept may be damaged, and there may be no place
        # Without the interpreter's lock, and without counting references to arrays, of which
        # the kernel makes none. Neither fast-math nor threads.
        options: dict[str, Any] = {"nogil": True, "error_model": "numpy", "_nrt": False}
        compiler = numba.njit(cache=is_kept, **options)
        for name in kernel.KERNEL:
            setattr(kernel, name, compiler(functions[name]))
        try:
            call_once()
        except Exception:
            if not is_kept:
                for name, function in functions.items():
                    setattr(kernel, name, function)
                raise
        else:
            return


def cache_folder(version: str) -> Path:
    """Where machine code is kept: another place for each kernel, so that none is mistaken."""
    source = Path(kernel.__file__).read_bytes()
    name = hashlib.sha256(version.encode() + source).hexdigest()[:16]
    return platformdirs.user_cache_path("fireflies", appauthor=False) / "kernel" / name


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
