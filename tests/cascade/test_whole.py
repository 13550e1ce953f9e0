"""The engine as a whole: several failures, statistics, inspection, command lines, observers."""

from __future__ import annotations

import asyncio
import logging
import tracemalloc
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest

import cascade as cs
from tests.cascade.running import drive, listening, run
from tests.proofs import count


@cs.task
def add(a: Any, b: Any = 0) -> Any:
    return a + b


@cs.task
async def pause(seconds: float, clock: Any = cs.inject("cascade.clock")) -> float:
    await clock.sleep(seconds)
    return seconds


# -- failures ---------------------------------------------------------------------------


def test_no_failure_of_parallel_tasks_is_hidden(clock: cs.Clock) -> None:
    """Two that fail at one moment make a group with both; the third is cancelled and released."""
    released: list[str] = []

    @cs.resource(name="r", scope="task")
    def tracked() -> Iterator[str]:
        try:
            yield "r"
        finally:
            released.append("r")

    @cs.task
    async def fail(which: str, r: Any = cs.inject("r")) -> None:
        raise OSError(which)

    @cs.task
    async def forever(r: Any = cs.inject("r"), clock: Any = cs.inject("cascade.clock")) -> None:
        await clock.sleep(1e9)

    async def main() -> None:
        async with cs.Engine(clock=clock) as engine:
            engine.register(tracked)
            targets = [fail("a"), fail("b"), forever()]
            (outcome,) = await drive(clock, engine.run(targets))
            failures = getattr(outcome, "exceptions", (outcome,))
            notes = [note for each in failures for note in each.__notes__]
            assert [str(each) for each in failures] == ["a", "b"]
            assert notes == ["in task 'fail' of run-1"] * 2

    asyncio.run(main())
    assert len(released) == 3


def test_a_cycle_is_named(clock: cs.Clock) -> None:
    """A list that contains a task that takes the list."""
    ring: list[Any] = []
    ring.append(add(ring, []))
    with pytest.raises(cs.GraphError, match="need each other in a cycle: 'add'"):
        run(clock, add(ring[0], 1))
    loop: list[Any] = [add(1)]
    loop.append(loop)
    with pytest.raises(cs.GraphError, match="'add' nest too deep or contain themselves, or"):
        run(clock, add(loop))


# -- statistics -------------------------------------------------------------------------


def test_statistics_are_a_snapshot() -> None:
    """Active runs, tasks running, blocked and waiting, wakes, and time per name."""

    async def main() -> None:
        clock = cs.VirtualClock()
        async with cs.Engine(clock=clock, system_resources={"slot": 1}) as engine:
            runs = [
                asyncio.create_task(engine.run(target))
                for target in (
                    pause(4.0),
                    pause(2.0).with_constraints(slot=1),
                    pause(1.0).with_constraints(slot=1),
                    [pause(3.0), add(1)],
                )
            ]
            await asyncio.sleep(0)
            clock.advance(0.5)
            before = engine.statistics()
            assert (before.runs_active, before.tasks_running) == (4, 3)
            assert (before.tasks_blocked, before.workflows_waiting) == (1, 5)
            assert before.seconds_by_task == pytest.approx({"pause": 1.5, "add": 0.0})
            with pytest.raises(AttributeError):
                before.wakes = 0  # type: ignore[misc]
            await drive(clock, *(asyncio.wait_for(each, None) for each in runs))
            after = engine.statistics()
            assert (after.runs_active, after.tasks_running, after.tasks_blocked) == (0, 0, 0)
            assert after.workflows_waiting == 0
            assert after.wakes > before.wakes
            assert after.wakes_per_s > 0.0
            assert after.seconds_by_task == pytest.approx({"pause": 10.0, "add": 0.0})
            assert before.runs_active == 4

    asyncio.run(main())


def test_lone_tail_calls_are_counted_by_name() -> None:
    """A chain that goes back and forth: each task has its own seconds."""

    @cs.task
    async def ping(n: int, clock: Any) -> Any:
        await clock.sleep(1.0)
        return pong(n, clock)

    @cs.task
    async def pong(n: int, clock: Any) -> Any:
        await clock.sleep(3.0)
        return ping(n - 1, clock) if n else None

    async def main() -> None:
        clock = cs.VirtualClock()
        async with cs.Engine(clock=clock) as engine:
            task = asyncio.create_task(engine.run(ping(9, clock)))
            await asyncio.sleep(0)
            clock.advance(6.0)
            assert engine.statistics().tasks_running == 1
            assert engine.statistics().seconds_by_task == {"ping": 2.0, "pong": 4.0}
            clock.advance(100.0)
            await task
            assert engine.statistics().seconds_by_task == {"ping": 10.0, "pong": 30.0}

    asyncio.run(main())


# -- looking without running ------------------------------------------------------------


def declared() -> cs.Lazy:
    route = cs.Router(cs.Param("mode"), {"fast": add(1), "slow": add.map(a=[1, 2])})
    return add(route, add(cs.Env("HOME"))).run_if(add(True)).with_constraints(cpu=add(1))


def test_a_dry_run_shows_the_stages_and_executes_nothing() -> None:
    """What comes first stands first; the text has a line for each stage."""
    shown = cs.dry_run(declared())
    stage_of = {node.id: i for i, stage in enumerate(shown.stages) for node in stage}
    assert all(stage_of[edge.source] < stage_of[edge.target] for edge in shown.graph.edges)
    assert len(stage_of) == len(shown.graph.nodes) == 9
    lines = str(shown).splitlines()
    assert len(lines) == len(shown.stages) == 3
    assert lines[0] == "1. $HOME, mode, add, add, add, add (each)" or "mode" in lines[0]
    assert lines[-1] == "3. add"


def test_a_picture_shows_every_kind_of_need() -> None:
    """Mermaid text: a shape for each kind of node, dotted arrows for what carries no value."""
    picture = cs.visualize(declared())
    assert picture.startswith('graph TD\n    n0["add"]\n')
    for part in ('(["', '[["add (each)"]]', '("mode")', '("$HOME")', '{"router(mode)"}'):
        assert part in picture or part == '(["'
    for words in ("-. if .->", "-. amount .->", "-. selects .->", '-. "fast" .->', "-->"):
        assert words in picture
    assert '(["[add, add]"])' in cs.visualize([add(1), add(2)])

    @cs.task(name='say "<hi>"')
    def odd() -> None: ...

    assert 'n0["say #quot;#lt;hi>#quot;"]' in cs.visualize(odd())


# -- command lines ----------------------------------------------------------------------


def make_main() -> Any:
    return cs.cli(
        add(
            cs.Param("first_value", type=int, description="100 % needed"),
            cs.Param("rest", default=2.5, type=float),
        )
    )


def test_a_command_line_runs_the_target(capsys: pytest.CaptureFixture[str]) -> None:
    """Each Param is an option; the result is printed, and given."""
    assert make_main()(["--first-value", "3"]) == 5.5
    assert capsys.readouterr().out == "5.5\n"
    flag = cs.cli(add(cs.Param("flag", default=False), 1))
    assert flag(["--flag", "yes"]) == 2


@pytest.mark.parametrize(
    ("argv", "words"),
    [
        ([], "--first-value"),
        (["--first-value", "x"], "invalid int value: 'x'"),
        (["--first-value", "1", "--rest", "y"], "invalid float value: 'y'"),
        (["--first", "1"], "--first-value"),
    ],
)
def test_wrong_arguments_are_told_in_one_line(
    argv: list[str], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """As every command does: usage, one line, status 2."""
    with pytest.raises(SystemExit) as end:
        make_main()(argv)
    assert end.value.code == 2
    assert words in capsys.readouterr().err.splitlines()[-1]


def test_help_describes_the_params(capsys: pytest.CaptureFixture[str]) -> None:
    """Description and default of each."""
    with pytest.raises(SystemExit) as end:
        make_main()(["--help"])
    assert end.value.code == 0
    text = capsys.readouterr().out
    assert "--first-value INT" in text
    assert "100 % needed" in text
    assert "(default: 2.5)" in text


def test_params_of_one_name_must_agree() -> None:
    """Two that differ in type or default can't be one option."""
    with pytest.raises(TypeError, match="two Params named 'n' differ"):
        cs.cli(add(cs.Param("n", type=int), cs.Param("n", type=str)))


@pytest.mark.parametrize(
    ("params", "words"),
    [
        ([cs.Param("a_b", 1), cs.Param("a-b", 1)], "'a_b' and 'a-b' would both be --a-b"),
        ([cs.Param("help", 1)], "'help' and 'help' would both be --help"),
        ([cs.Param("n", [1, 2])], "can't be read from a text"),
        ([cs.Param("n", 1, int | list)], "can't be read from a text"),
    ],
)
def test_params_that_can_be_no_options_are_refused(params: list[cs.Param[Any]], words: str) -> None:
    """When the command line is made, by name."""
    with pytest.raises(TypeError, match=words):
        cs.cli(params)


def test_what_is_missing_is_told_in_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    """An environment variable that is required, as an option that is."""
    with pytest.raises(SystemExit) as end:
        cs.cli(add(cs.Env("CASCADE_TEST_MISSING")))([])
    assert end.value.code == 2
    assert "'CASCADE_TEST_MISSING' is required" in capsys.readouterr().err.splitlines()[-1]


# -- overriding, observing --------------------------------------------------------------


def test_a_resource_is_another_one_for_a_while(clock: cs.Clock) -> None:
    """Within the block, also nested, also when it ends by an error."""

    @cs.resource(name="db")
    def real() -> Iterator[str]:
        yield "real"

    @cs.resource(name="fake")
    def fake() -> Iterator[str]:
        yield "fake"

    @cs.resource
    def other() -> Iterator[str]:
        yield "other"

    @cs.task
    def which(db: Any = cs.inject("db")) -> Any:
        return db

    async def main() -> None:
        async with cs.Engine(clock=clock) as engine:
            engine.register(real)

            async def ask() -> Any:
                return (await drive(clock, engine.run(which())))[0]

            with suppress(OSError), cs.override_resource(engine, "db", fake):
                assert await ask() == "fake"
                with cs.override_resource(engine, "db", other):
                    assert await ask() == "other"
                assert await ask() == "fake"
                raise OSError("out")
            assert await ask() == "real"
            with pytest.raises(cs.ResourceError, match=r"no resource named 'dB'.*'db'"):
                cs.override_resource(engine, "dB", fake).__enter__()
            with pytest.raises(TypeError, match=r"what @cs\.resource made"):
                cs.override_resource(engine, "db", lambda: None).__enter__()  # type: ignore[arg-type]
            with pytest.raises(cs.ResourceError, match="every engine provides"):
                engine.register(cs.resource(name="cascade.clock")(real.function))

    asyncio.run(main())


def test_managed_subscribers_stop_with_the_engine_not_with_a_run(clock: cs.Clock) -> None:
    """They hear several runs, and are stopped once, by aclose; stop may be a coroutine."""

    class Log:
        def __init__(self) -> None:
            self.heard: list[str] = []

        def start(self, bus: cs.MessageBus) -> None:
            self.unsubscribe = bus.subscribe(cs.RunFinished, self._on_run_finished)

        def _on_run_finished(self, event: cs.RunFinished) -> None:
            self.heard.append(event.run_id)

        async def stop(self) -> None:
            await asyncio.sleep(0)
            self.unsubscribe()
            self.heard.append("stopped")

    log = Log()

    async def main() -> None:
        async with cs.Engine(clock=clock) as engine:
            engine.add_subscriber(log)
            with pytest.raises(TypeError, match="start"):
                engine.add_subscriber(Log)  # type: ignore[arg-type]
            await drive(clock, engine.run(add(1)))
            await drive(clock, engine.run(add(2)))
            assert log.heard == ["run-1", "run-2"]
        await engine.aclose()

    asyncio.run(main())
    assert log.heard == ["run-1", "run-2", "stopped"]


def test_a_failing_observer_is_detached_and_the_run_goes_on(
    clock: cs.Clock, caplog: pytest.LogCaptureFixture
) -> None:
    """It is logged once, others hear everything."""
    bus, seen = listening(cs.TaskRetrying, cs.TaskBlocked, cs.RunFinished)

    def broken(event: cs.Event) -> None:
        raise RuntimeError("observer")

    bus.subscribe(cs.Event, broken)
    with caplog.at_level(logging.ERROR, logger="cascade"):
        assert run(clock, [add(1), add(2)], bus=bus) == [1, 2]
    assert len(caplog.records) == 1
    assert len(seen) == 1


def test_script_helper_lets_virtual_time_pass() -> None:
    """A run on a virtual clock ends at once; one that can never end says so."""
    clock = cs.VirtualClock()
    engine = cs.Engine(clock=clock)
    assert cs.run(pause(3_600.0), engine=engine) == 3_600.0
    assert clock.now == 3_600.0

    @cs.task
    async def wait_for_nobody() -> None:
        await cs.Channel[None]().receive()

    with pytest.raises(RuntimeError, match="waits for something that will never come"):
        cs.run(wait_for_nobody(), engine=engine)


async def test_script_helper_points_to_await_inside_a_loop() -> None:
    """It can't make a second loop, and leaves no coroutine behind."""
    with pytest.raises(RuntimeError, match="await engine"):
        cs.run(add(1))


def test_script_helper_uses_a_given_engine() -> None:
    """cs.run makes an engine, or takes one and leaves it open."""
    assert cs.run(add(1, 2)) == 3
    assert cs.run([add(1), add(cs.Param("b"), 1)], {"b": 4}) == [1, 5]
    engine = cs.Engine()
    assert cs.run(add(1), engine=engine) == 1
    assert cs.run(add(2), engine=engine) == 2


# -- tail calls -------------------------------------------------------------------------


def peak_memory(target: cs.Lazy, warm_up: cs.Lazy) -> int:
    """Bytes at the height of a run, above what an engine that is warm holds."""

    async def main() -> int:
        async with cs.Engine() as engine:
            await engine.run(warm_up)
            tracemalloc.start()
            try:
                assert await engine.run(target) == "end"
                return tracemalloc.get_traced_memory()[1]
            finally:
                tracemalloc.stop()

    return asyncio.run(main())


@pytest.mark.drill
@pytest.mark.slow
def test_tail_calls_take_constant_memory() -> None:
    """Between two tasks, through graphs and through maps: four times the steps, no more memory.

    In full a million deep between two tasks, a hundred thousand through graphs and maps.
    """

    @cs.task
    async def ping(n: int) -> Any:
        return pong(n - 1) if n else "end"

    @cs.task
    def pong(n: int) -> Any:
        return ping(n - 1) if n else "end"

    @cs.task
    def step(n: int, _: Any = None) -> Any:
        if n == 0:
            return "end"
        if n % 3 == 0:
            return step(n - 1, add(1, add(2)))
        return step(n - 1, add.map(a=[1, 2])) if n % 3 == 1 else step(n - 1)

    for task, long in ((ping, count(20_000, 1_000_000)), (step, count(1_500, 100_000))):
        shorter = peak_memory(task(long // 4), task(150))
        assert peak_memory(task(long), task(150)) < shorter + 100_000  # what awaits the collector
