"""``fireflies bench gui``: what the window achieves and costs, as the user has it."""

from __future__ import annotations

import asyncio
import gc
import math
import os
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import (
    AbstractAsyncContextManager,
    AsyncExitStack,
    asynccontextmanager,
    contextmanager,
)
from pathlib import Path
from typing import Final, TypeAlias

from experiments import AUTO, Parameters, population_kind
from gui.commands.bench_drag import dragged
from gui.commands.bench_sweep import swept
from gui.controllers.lag_probe import probe_lag
from gui.controllers.panel_loading import load_panels
from gui.instruments.registry import PANELS
from gui.laboratory import Laboratory, first_picture, open_laboratory, running
from gui.models.look import AT_FIRST, Look
from gui.models.metrics import Metrics, Summary
from gui.models.recording_settings import RecordingError, RecordingSettings
from gui.system.application import make_application
from gui.system.event_loop import run_app

_SETTLING_S: Final = 1.0
"""Wall seconds run before the figures count: caches and fonts are warm by then."""

_LOOK_EVERY_S: Final = 0.01
_LONGEST_FINISH_S: Final = 10.0

_Figures: TypeAlias = Callable[[], dict[str, object]]
"""What something beside the window has to report when the measuring ends."""

_SUMMARISED: Final = ("render_jitter_ms", "flush_duration_ms", "lateness_ms", "loop_lag_ms")


def measure(
    parameters: Parameters,
    *,
    seconds: float,
    warmup: float,
    window: tuple[int, int],
    look: Look = AT_FIRST,
    record: RecordingSettings | None = None,
    population: str = AUTO,
    with_sweep: bool = False,
    with_drag: bool = False,
) -> dict[str, object]:
    """Run the window for a while and measure it.

    Parameters
    ----------
    parameters
        Of the swarm.
    seconds
        Wall seconds measured.
    warmup
        Virtual seconds run before that, as fast as possible.
    window
        Width and height in pixels.
    look
        Its panels, for one.
    record
        What to record meanwhile, to a file that is thrown away.
    population
        What computes the fireflies.
    with_sweep
        Whether a sweep goes on meanwhile, which is thrown away.
    with_drag
        Whether a point of the response is dragged meanwhile, in its panel.
    """
    application = make_application()
    beside = [swept] * with_sweep + [dragged] * with_drag
    measured = _measure(parameters, seconds, warmup, window, look, record, population, beside)
    return run_app(measured, application) | {"platform": application.platformName()}


def measure_control(parameters: Parameters, seconds: float) -> dict[str, object]:
    """The uncoupled control in real time, on this window's loop inside Qt's."""
    from experiments.benchmarks import control

    return run_app(control.measure(parameters, seconds), make_application())


async def _measure(
    parameters: Parameters,
    seconds: float,
    warmup: float,
    size: tuple[int, int],
    look: Look,
    record: RecordingSettings | None,
    population: str,
    beside: Sequence[Callable[[Laboratory], AbstractAsyncContextManager[_Figures]]],
) -> dict[str, object]:
    metrics = Metrics(keep_all=True)
    async with open_laboratory(parameters, metrics, look=look, population=population) as lab:
        lab.window.resize(*size)
        lab.window.workbench.hold_views_back()
        shown = first_picture(lab)
        lab.window.show()
        await lab.pump.begin()
        first_paint = await _first_paint(lab, shown)
        await load_panels(lab.window.workbench, shown, lab.pump.frame_times.forget)
        lab.pump.present()
        await lab.pump.run_ahead(warmup)
        async with running(lab.pump.go_on(), probe_lag(metrics)) as tasks:
            await asyncio.wait(tasks, timeout=_SETTLING_S)
            async with _recorded(lab, record) as recording, AsyncExitStack() as stack:
                others = [await stack.enter_async_context(each(lab)) for each in beside]
                report = await _observe(lab, tasks, seconds)
                for figures in (recording, *others):
                    report |= figures()
            seen = sorted(name for name in PANELS if lab.window.is_seen(name))
    return {
        "agents": parameters.n_fireflies,
        "population": population_kind(parameters, population).name,
        "seconds": seconds,
        "warmup": warmup,
        "window": f"{size[0]}x{size[1]}",
        "panels": seen,
        **report,
        "first_paint_s": first_paint,
    }


def _temporary_folder() -> tempfile.TemporaryDirectory[str]:
    try:
        return tempfile.TemporaryDirectory()
    except OSError as error:
        raise RecordingError(f"Not recorded: {error.strerror}") from error


@asynccontextmanager
async def _recorded(lab: Laboratory, settings: RecordingSettings | None) -> AsyncIterator[_Figures]:
    """Record meanwhile, if asked; returns the figures of the recording."""
    if settings is None:
        yield dict
        return
    with _temporary_folder() as folder:
        lab.recording.start(Path(folder) / "bench.mp4", settings)
        while lab.recording.is_starting:  # noqa: ASYNC110
            await asyncio.sleep(_LOOK_EVERY_S)
        recorder = lab.recording.recorder
        if recorder is None:
            raise RecordingError(lab.window.notice.words.text())
        await asyncio.sleep(_SETTLING_S)
        frames, dropped = recorder.frames, recorder.dropped
        memory, cpu = _megabytes(os.getpid()), _cpu_s(recorder.encoder_pid)
        encoder_memory, began = _megabytes(recorder.encoder_pid), time.monotonic()

        def figures() -> dict[str, object]:
            cpu_s = _cpu_s(recorder.encoder_pid) - cpu
            return {
                "recording": {
                    "video": f"{settings.width}x{settings.height}, {settings.fps} fps",
                    "subject": settings.subject.value,
                    "frames": recorder.frames - frames,
                    "dropped": recorder.dropped - dropped,
                    "encoder_cpu_fraction": round(cpu_s / (time.monotonic() - began), 4),
                    "app_mb": [memory, _megabytes(os.getpid())],
                    "encoder_mb": [encoder_memory, _megabytes(recorder.encoder_pid)],
                    "problem": recorder.problem,
                }
            }

        yield figures
        lab.recording.finish()
        recorder.wait(_LONGEST_FINISH_S)


def _megabytes(pid: int) -> float | None:
    """Memory of a process; None where the system doesn't tell."""
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1])
    except OSError:
        return None
    return round(pages * os.sysconf("SC_PAGE_SIZE") / 1e6, 1)


def _cpu_s(pid: int) -> float:
    """Processor seconds of another process; 0 where the system doesn't tell."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")  # proc(5)


async def _observe(
    lab: Laboratory, tasks: list[asyncio.Task[None]], seconds: float
) -> dict[str, object]:
    metrics, simulation = lab.metrics, lab.simulation
    metrics.forget()
    dropped = lab.pump.dropped
    began, cpu, virtual = time.monotonic(), time.process_time(), simulation.now
    with _longest_gc() as longest_gc:
        done, _ = await asyncio.wait(tasks, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
        elapsed = time.monotonic() - began
        cpu = time.process_time() - cpu
        virtual = simulation.now - virtual
    figures = metrics.report()
    speed = simulation.parameters.speed
    return {
        "fps": round(metrics.paints / elapsed, 2),
        "frames_dropped": metrics.frames_dropped,
        "speed_asked": "max" if math.isinf(speed) else speed,
        "speed_achieved": round(virtual / elapsed, 4),
        "virtual_s_dropped": round(lab.pump.dropped - dropped, 4),
        "cpu_fraction": round(cpu / elapsed, 4),
        "longest_gc_ms": round(longest_gc() * 1e3, 3),
        "virtual_s": round(simulation.now, 3),
        "R": _rounded(figures.get("order_parameter")),
    } | {
        name: figures[name].as_dict("mean", "p50", "p99", "max")
        for name in _SUMMARISED
        if name in figures
    }


def _rounded(summary: Summary | None) -> float | None:
    return None if summary is None else round(summary.mean, 4)


async def _first_paint(lab: Laboratory, shown: asyncio.Event) -> float:
    """Seconds from the start of the process to the first picture of a swarm that is ready."""
    while not shown.is_set():
        await lab.pump.step(asyncio.get_running_loop().time())
    return _process_age()


def _process_age() -> float:
    """Seconds since this process was created."""
    try:
        with open("/proc/self/stat", encoding="ascii") as stat:
            ticks = int(stat.read().rpartition(")")[2].split()[19])  # proc(5): starttime
    except OSError:  # no /proc: the processor time used so far is a lower bound
        return round(time.process_time(), 3)
    booted = time.clock_gettime(time.CLOCK_BOOTTIME)
    return round(booted - ticks / os.sysconf("SC_CLK_TCK"), 3)


@contextmanager
def _longest_gc() -> Iterator[Callable[[], float]]:
    """Watch the garbage collector; gives the longest collection in seconds."""
    began = longest = 0.0

    def on_gc(phase: str, _info: dict[str, int]) -> None:
        nonlocal began, longest
        if phase == "start":
            began = time.perf_counter()
        else:
            longest = max(longest, time.perf_counter() - began)

    gc.callbacks.append(on_gc)
    try:
        yield lambda: longest
    finally:
        gc.callbacks.remove(on_gc)
