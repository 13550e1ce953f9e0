"""What every test is held to: nothing left behind, nothing failing unseen."""

from __future__ import annotations

import asyncio
import gc
import logging
import signal
import threading
from collections.abc import Callable, Coroutine, Iterator
from types import ModuleType
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

import cascade as cs
from experiments import Parameters
from experiments.population import factory, garbage
from experiments.population.compiled.compiling import is_installed
from experiments.population.compiled.population import compile_kernel
from experiments.population.factory import COMPILED
from experiments.processes.unfinished import ENDING_SIGNALS
from tests.once import made_once
from tests.proofs import FULL, in_drill_alone

# A machine that is held by others takes as long as it takes.
settings.register_profile("patient", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("patient")


class _Collector(logging.Handler):
    """Keeps what asyncio logs as errors: exceptions that nobody awaited, tasks destroyed."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.messages: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.messages.append(self.format(record))


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Iterator[None]:
    """Let nobody look for garbage while thousands of tests are made, all of which stay."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave to the drill what it alone runs."""
    if not FULL and (left := in_drill_alone(items)):
        config.hook.pytest_deselected(items=left)
        items[:] = [item for item in items if item not in set(left)]


def pytest_collection_finish() -> None:
    """Let the collector look only at what tests make: it is called after each of them."""
    gc.freeze()


class _CollectorThatSeesAll(ModuleType):
    """The garbage collector, from which nothing can be hidden."""

    def freeze(self) -> None:
        """Everything stays in sight."""

    def unfreeze(self) -> None:
        """Everything is in sight, but for what pytest held before the first test."""

    def get_freeze_count(self) -> int:
        """Nothing is hidden: to count what pytest holds would take 20 ms for each new swarm."""
        return 0

    def __getattr__(self, name: str) -> Any:
        return getattr(gc, name)


@pytest.fixture(scope="session", autouse=True)
def _swarms_hide_nothing() -> Iterator[None]:
    """The swarms of a test stay in the collector's sight, and what pytest holds stays out of it.

    Otherwise each new swarm would bring back 220,000 objects of the tests themselves: 0.1 s for
    each look at them. With `real_collector` a test has swarms as the product has them.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(garbage, "gc", _CollectorThatSeesAll("gc"))
        yield


@pytest.fixture
def real_collector(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Swarms hide what lives from the collector, as they do in the product."""
    with monkeypatch.context() as patch:
        patch.setattr(garbage, "gc", gc)
        yield
    gc.unfreeze()
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session", autouse=True)
def _nobody_s_settings(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """No window of a test reads or writes the settings of whoever runs it."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("XDG_CONFIG_HOME", "XDG_STATE_HOME"):
            patch.setenv(name, str(tmp_path_factory.mktemp(name.lower())))
        yield


@pytest.fixture(scope="session", autouse=True)
def _signals_are_heard() -> None:
    """Also where tests run in the background of a shell, which lets all processes ignore them."""
    for number in ENDING_SIGNALS:
        if signal.getsignal(number) is signal.SIG_IGN:
            signal.signal(number, signal.SIG_DFL)


@pytest.fixture(autouse=True)
def _no_unseen_asyncio_errors(request: pytest.FixtureRequest) -> Iterator[None]:
    """An exception in an asyncio task that nobody awaits fails the test."""
    collector = _Collector()
    logger = logging.getLogger("asyncio")
    logger.addHandler(collector)
    yield
    gc.collect()  # a task's unseen exception is reported when the task goes
    gc.freeze()  # what lives by now, such as modules just loaded, lives as long as the tests do
    logger.removeHandler(collector)
    if collector.messages and request.node.get_closest_marker("asyncio_errors_expected") is None:
        pytest.fail("unseen in asyncio:\n" + "\n".join(collector.messages))


@pytest.fixture(autouse=True)
def _no_leaked_threads() -> Iterator[None]:
    """A thread that outlives its test fails it."""
    before = set(threading.enumerate())
    yield
    leaked = [t for t in threading.enumerate() if t not in before and t.is_alive()]
    for thread in leaked:
        for _ in range(30):  # far more than any takes, on a busy machine too
            thread.join(timeout=1.0)  # one that is held up as a whole loses no more than this
    assert not [t for t in leaked if t.is_alive()], "threads outlived the test"


@pytest.fixture(scope="session")
def kernel_is_kept(tmp_path_factory: pytest.TempPathFactory) -> None:
    """The kernel is compiled by one of the processes that run the tests: the others find it."""
    if is_installed():
        made_once(tmp_path_factory, "kernel", lambda _: compile_kernel())


@pytest.fixture
def compiled_unless_in_drill(monkeypatch: pytest.MonkeyPatch, kernel_is_kept: None) -> None:
    """Many fireflies or hours of them are compiled, which `tests/compiled` proves to be the same.

    In the drill they are workflows, and so they are where they can't be compiled.
    """
    if not FULL and not COMPILED.lacks(Parameters()):
        monkeypatch.setattr(factory, "KINDS", (COMPILED,))


@pytest.fixture
def on_virtual_clock() -> Callable[..., Any]:
    """Runs an async test body with a virtual clock and an engine on it."""

    def run(body: Callable[[cs.VirtualClock, cs.Engine], Coroutine[Any, Any, Any]]) -> Any:
        async def main() -> Any:
            clock = cs.VirtualClock()
            async with cs.Engine(clock=clock) as engine:
                result = await body(clock, engine)
            leaked = asyncio.all_tasks() - {asyncio.current_task()}
            assert not leaked, f"asyncio tasks outlived the test: {leaked}"
            return result

        return asyncio.run(main())

    return run
