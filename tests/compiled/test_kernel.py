"""The kernel: arithmetic that is not contracted, and the same code as Python."""

from __future__ import annotations

import dataclasses
import importlib.util
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from experiments import Parameters, Simulation
from experiments.model.order import order_parameter
from experiments.model.random_streams import JITTER, mix, stream_keys, uniform
from experiments.model.response import RESPONSES
from experiments.population.compiled import compiling, kernel
from experiments.population.compiled import order as compiled_order
from experiments.population.compiled import population as compiled_population
from experiments.population.compiled.agenda import roomy_agenda
from tests.experiments.simulating import quiet_state, simulate

needs_numba = pytest.mark.skipif(not compiling.is_installed(), reason="numba is not installed")


@pytest.fixture(scope="module", autouse=True)
def _compiled_here(kernel_is_kept: None) -> None:
    if compiling.is_installed():
        compiled_population.compile_kernel()


_SHOWING_CODE = """
import sys
import numba
import numpy
from experiments import FlashLog, Parameters
from experiments.population.compiled import compiling, kernel, population, rules
plain = numba.njit
numba.njit = lambda cache, **options: plain(cache=False, **options)

@plain(error_model="numpy")
def called(key, k, zero, t, period, known):
    kernel.uniform(key, k)
    return kernel.moved(zero, t, period, known)

def a_part():
    made = population.CompiledPopulation(Parameters(side=3), None, FlashLog())
    made.order_of(made.zero_times(), 0.0, 5.0)
    state = kernel.StateArrays(made.zero_times(), *map(made.zero_times().astype, "dqB"))
    known = rules.rules_of(Parameters(side=3), state)
    called(numpy.uint64(1), numpy.uint64(6), -1.0, 2.0, 5.0, known)

for _ in compiling.compiled(population.call_everything if sys.argv[1:] else a_part):
    pass
for name in kernel.KERNEL:
    for code in getattr(kernel, name).inspect_llvm().values():
        print(code)
"""


def shown_code(*words: str) -> str:
    """What LLVM is given of the kernel, in a process of its own."""
    command = [sys.executable, "-c", _SHOWING_CODE, *words]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def assert_rounded_one_by_one(shown: str) -> None:
    """No product is fused with a sum, and nothing is reordered or left to a library."""
    code = _instructions(shown)
    assert code.count(" fmul ") > 20
    assert code.count(" fadd ") > 20
    for word in ("contract", "fmuladd", "llvm.fma", "reassoc", "fast", "llvm.exp", "llvm.sin"):
        assert not re.search(rf"\b{re.escape(word)}\b", code), word


@needs_numba
@pytest.mark.slow
def test_machine_code_has_no_fused_or_fast_arithmetic() -> None:
    """The responses, the order parameter and the random numbers."""
    assert_rounded_one_by_one(shown_code())


@needs_numba
@pytest.mark.drill(alone=True)
def test_no_machine_code_at_all_has_fused_or_fast_arithmetic() -> None:
    """The whole kernel: products and sums are rounded one by one."""
    shown = shown_code("all")
    assert "@llvm.prefetch" in shown
    assert_rounded_one_by_one(shown)


def _instructions(code: str) -> str:
    """Without comments, names of functions, and attributes."""
    lines = (line.partition(";")[0] for line in code.splitlines())
    return "\n".join(
        line for line in lines if (" = " in line and "@" not in line) or "llvm." in line
    )


def test_random_numbers_are_those_of_the_model() -> None:
    """Stream keys, and numbers that take all 64 bits."""
    key = np.uint64(mix(mix(7) ^ JITTER))
    mixed: Callable[..., Any] = _mixed
    number: Callable[..., Any] = _number
    if compiling.is_installed():
        import numba

        mixed, number = numba.njit(_mixed), numba.njit(_number)
    with np.errstate(over="ignore"):
        for i, expected in enumerate(stream_keys(7, JITTER, 50).tolist()):
            found = mixed(key ^ np.uint64(i))
            assert int(found) == expected
            for k in (1, 2, 2**40):
                assert number(np.uint64(found), np.uint64(k)) == uniform(expected, k)


def _mixed(x: np.uint64) -> np.uint64:
    return kernel.mix(x)


def _number(key: np.uint64, k: np.uint64) -> float:
    return kernel.uniform(key, k)


@pytest.mark.parametrize("n", [9, 63, 64, 65, 2_500, 4_096, 4_097, 10_000])
def test_the_order_parameter_is_the_same_to_the_last_bit(n: int) -> None:
    """With one period and with many; and near what a textbook's formula gives."""
    rng = np.random.default_rng(n)
    zero = -5.0 * rng.random(n)
    for period in (5.0, 5.0 + rng.random(n)):
        ours = order_parameter(zero, 7.25, period)
        assert compiled_order.order_parameter(zero, 7.25, period) == ours
        textbook = np.exp(2j * np.pi * (7.25 - zero) / period).mean()
        assert abs(ours - textbook) < 1e-14


def test_every_response_of_the_model_is_in_the_kernel() -> None:
    """Each with a number of its own."""
    numbers = [getattr(kernel, kind.in_kernel) for kind in RESPONSES.values()]
    assert sorted(numbers) == list(range(len(RESPONSES)))


@needs_numba
def test_as_python_it_is_the_same_code(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without numba, slowly: flashes and state are those of the compiled one."""
    parameters = Parameters(side=5, delay=0.3, loss=0.2, spread=0.1, response="drawn")

    async def outcome(simulation: Simulation) -> tuple[object, ...]:
        assert isinstance(simulation.population, compiled_population.CompiledPopulation)
        simulation.run_until(4.0)
        simulation.change(delay=0.05, period=4.0)
        simulation.act("silent", [3, 4, 5])
        simulation.act("scramble", range(10))
        simulation.run_until(9.0)
        state = simulation.checkpoint()
        return simulation.flashes.digest().hexdigest(), state.zero.tolist(), state.pulses.tolist()

    compiled = simulate(outcome, parameters)
    run_as_python(monkeypatch)
    assert simulate(outcome, parameters) == compiled


def run_as_python(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """Have the kernel run as it is written; the module that does."""
    spec = importlib.util.spec_from_file_location("plain_kernel", kernel.__file__)
    assert spec is not None
    assert spec.loader is not None
    plain = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(plain)
    for name in (*kernel.KERNEL, "prefetch"):
        monkeypatch.setattr(kernel, name, getattr(plain, name))
    return plain


@pytest.mark.both_populations
@pytest.mark.parametrize("first_count", [0, 2**31 - 2, 2**31, 2**40])
def test_fireflies_that_flashed_any_number_of_times_go_on(
    monkeypatch: pytest.MonkeyPatch, first_count: int
) -> None:
    """Jitter is a matter of the count: it is the same in both populations."""
    run_as_python(monkeypatch)
    parameters = Parameters(side=4)
    begun = quiet_state(parameters, {3: -4.0, 7: -2.5}, -1.0)
    begun = dataclasses.replace(begun, counts=begun.counts + first_count)

    async def outcome(simulation: Simulation) -> tuple[str, list[int]]:
        simulation.run_until(17.0)
        counts = simulation.checkpoint().counts
        assert counts.dtype == np.int64
        assert simulation.population.flash_counts([5, 3]).tolist() == counts[[5, 3]].tolist()
        return simulation.flashes.digest().hexdigest(), counts.tolist()

    found = simulate(outcome, parameters, begun, "compiled")
    assert found == simulate(outcome, parameters, begun, "workflows")
    assert min(found[1]) == first_count + 3


@pytest.mark.parametrize("room", [76, 82])
def test_where_there_is_no_room_for_stale_entries_the_window_begins_anew(
    monkeypatch: pytest.MonkeyPatch, room: int
) -> None:
    """The flashes stay the same; a lack of room would be an error, as the kernel runs as Python."""
    parameters = Parameters(side=30, nudge=0.1, seed=5)

    async def outcome(simulation: Simulation) -> str:
        simulation.run_until(8.0)
        return simulation.flashes.digest().hexdigest()

    plain = run_as_python(monkeypatch)
    expected = simulate(outcome, parameters)
    gather, n_gathered = plain.gather, {"in all": 0, "again": 0}

    def small_agenda(*arguments: Any) -> kernel.Due:
        ids = np.empty(room, dtype=np.int32)
        times, tallies, starts, lasts, *_, bits, levels = roomy_agenda(*arguments)
        return kernel.Due(
            times, tallies, starts, lasts, ids, ids.copy(), np.empty(room), ids.copy(), bits, levels
        )

    def counting_gather(begin: float, end: float, *rest: Any) -> None:
        n_gathered["in all"] += 1
        n_gathered["again"] += end == rest[-1].times[kernel.WINDOW_END]
        gather(begin, end, *rest)

    monkeypatch.setattr(compiled_population, "roomy_agenda", small_agenda)
    monkeypatch.setattr(plain, "gather", counting_gather)
    assert simulate(outcome, parameters) == expected
    assert n_gathered["in all"] > n_gathered["again"] > 3


@needs_numba
@pytest.mark.drill(alone=True)
def test_code_that_was_kept_and_is_damaged_is_made_anew(tmp_path: Path) -> None:
    """And so it is where nothing can be kept; what nobody has used for long is removed."""
    unused = tmp_path / "unused"
    unused.mkdir()
    os.utime(unused, (0.0, 0.0))
    for place in (tmp_path / "damaged", Path("/proc/nowhere")):
        script = (
            "from experiments import Parameters\n"
            "from experiments.population.compiled import compiling, population\n"
            f"compiling.cache_folder = lambda *_: __import__('pathlib').Path({str(place)!r})\n"
            "population.compile_kernel()\n"
            "print(compiling.is_compiled())"
        )
        if place.is_relative_to(tmp_path):
            _kept_in(place, script)
            for index in place.rglob("*.nbi"):
                index.write_bytes(b"damaged")
        said = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
        assert said.stdout == "True\n", said.stderr
        assert all(index.read_bytes() != b"damaged" for index in place.rglob("*.nbi"))
    assert not unused.exists()


@pytest.mark.parametrize("module", [kernel, compiling])
def test_code_of_another_source_is_kept_elsewhere(
    module: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is compiled, and what says how."""
    before = compiling.cache_folder("1.0")
    assert compiling.cache_folder("1.0") == before != compiling.cache_folder("1.1")
    changed = tmp_path / "changed.py"
    changed.write_bytes(Path(str(module.__file__)).read_bytes() + b"# changed")
    monkeypatch.setattr(module, "__file__", str(changed))
    assert compiling.cache_folder("1.0") not in (before, compiling.cache_folder("1.1"))


def _kept_in(place: Path, script: str) -> None:
    subprocess.run([sys.executable, "-c", script], check=True, capture_output=True)
    assert list(place.rglob("*.nbi"))


def test_importing_it_imports_no_numba() -> None:
    """Nor does making a population of workflows."""
    script = "import sys, experiments, gui.__main__; print('numba' in sys.modules)"
    said = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert said.stdout == "False\n"


@needs_numba
def test_compiling_leaves_standard_output_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Colorama, if it is there, would swap it for each word that numba colours on its thread."""
    colorama = pytest.importorskip("colorama")
    from numba.core import errors

    swapped = []

    def wrapped(stream: object, *_: object) -> object:
        swapped.append(stream)
        return stream

    monkeypatch.setattr(colorama.initialise, "wrap_stream", wrapped)
    assert "word" in errors.termcolor().highlight("word")
    assert not swapped
