"""Compiling the kernel: once in a process, where it is needed, and never at start-up."""

from __future__ import annotations

import contextlib
import hashlib
import importlib.util
import logging
import shutil
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any, Final

import platformdirs

from experiments.population.compiled import kernel

HOW_TO_INSTALL: Final = "pip install 'cascade-fireflies[fast]'"


@dataclass(frozen=True, slots=True)
class Part:
    """Functions that are compiled together.

    Attributes
    ----------
    module
        Where they are: its ``KERNEL`` has their names, ``ENTRIES`` those of functions that are
        called from Python, ``INLINED`` those of functions whose code is put where they are called.
    call_once
        Calls all that is called from outside, so that it is compiled.
    """

    module: ModuleType
    call_once: Callable[[], object]


logger = logging.getLogger(__name__)

_UNUSED_S: Final = 60 * 86_400.0
"""Seconds for which machine code is kept that no process has used."""

_lock = threading.Lock()
_beside: list[Part] = []
_done: dict[str, Future[None]] = {}


def is_installed() -> bool:
    """Whether numba is there; it isn't imported."""
    return importlib.util.find_spec("numba") is not None


def is_compiled(module: ModuleType = kernel) -> bool:
    """Whether the functions of a module are machine code by now; until then they are Python."""
    done = _done.get(module.__name__)
    return done is not None and done.done() and done.exception() is None


def compile_beside(module: ModuleType, call_once: Callable[[], object]) -> None:
    """Have functions of another module compiled after the kernel: see :class:`Part`.

    Nobody waits for that: until :func:`is_compiled` says so, there are other ways.
    """
    with _lock:
        if all(part.module is not module for part in _beside):
            _beside.append(Part(module, call_once))


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
        parts = [Part(kernel, call_once), *_beside]
        new = [part for part in parts if part.module.__name__ not in _done]
        for part in new:
            _done[part.module.__name__] = Future()
        done = _done[kernel.__name__]
    if new:
        threading.Thread(target=_compile, args=(new,), name="compiling", daemon=True).start()
    while not done.done():
        yield
    done.result()


def _compile(parts: Sequence[Part]) -> None:
    for part in parts:
        done = _done[part.module.__name__]
        try:
            _compile_here(part)
        except BaseException as error:
            if part.module is not kernel:
                logger.exception("%s stays Python", part.module.__name__)
            done.set_exception(error)
        else:
            done.set_result(None)


def _compile_here(part: Part) -> None:
    import numba

    _leave_streams_alone()
    module = part.module
    functions = {name: getattr(module, name) for name in module.KERNEL}
    if module is kernel:
        functions["prefetch"] = kernel.prefetch
        kernel.prefetch = _prefetch_of_processor(numba)
    place = cache_folder(numba.__version__, module)
    setattr(numba.config, "CACHE_DIR", str(place))  # noqa: B010
    for keeping in ("as it is", "anew", "nothing"):
        if keeping == "anew":  # what was kept may be damaged
            shutil.rmtree(place, ignore_errors=True)
        is_kept = keeping != "nothing"  # there may be no place for it
        # Without the interpreter's lock, and without counting references to arrays, of which
        # the kernel makes none. Neither fast-math nor threads.
        options: dict[str, Any] = {"nogil": True, "error_model": "numpy", "_nrt": False}
        for name in module.KERNEL:
            calls: dict[str, Any] = {
                "no_cpython_wrapper": name not in module.ENTRIES,
                "no_cfunc_wrapper": True,
            }
            is_inlined = name in module.INLINED
            compiler = numba.njit(cache=is_kept, forceinline=is_inlined, **options, **calls)
            setattr(module, name, compiler(functions[name]))
        try:
            part.call_once()
        except Exception:
            if not is_kept:
                for name, function in functions.items():
                    setattr(module, name, function)
                raise
        else:
            with contextlib.suppress(OSError):
                _forget_unused(place)
            return


def _leave_streams_alone() -> None:
    """Have numba colour its words without colorama.

    It would put another stream in the place of ``sys.stdout``, and the one from before back, for
    each of thousands of words while it compiles, whatever another thread has there meanwhile.
    """
    from numba.core import errors

    if hasattr(errors, "ColorShell"):
        setattr(errors, "ColorShell", contextlib.nullcontext)  # noqa: B010


def _forget_unused(place: Path) -> None:
    """Remove machine code of other versions that nobody has used for long."""
    place.touch()
    for other in place.parent.iterdir():
        if time.time() - other.stat().st_mtime > _UNUSED_S:
            shutil.rmtree(other, ignore_errors=True)


def cache_folder(version: str, module: ModuleType = kernel) -> Path:
    """Where machine code is kept: another place for each source, so that none is mistaken.

    That of this module counts too: it says what the compiler may do, which numba doesn't compare.
    """
    sources = [Path(str(each)).read_bytes() for each in (module.__file__, __file__)]
    name = hashlib.sha256(b"".join([version.encode(), *sources])).hexdigest()[:16]
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
