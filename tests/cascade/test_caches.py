"""Cache policies and what they know a call by."""

from __future__ import annotations

import asyncio
import collections
import functools
import gc
import logging
import os
import signal
import subprocess
import sys
import textwrap
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import cascade as cs
from cascade.adapters.captured import code_fingerprint
from cascade.adapters.fingerprint import FingerprintError, fingerprint
from tests.cascade.running import listening, run
from tests.proofs import count


@cs.task
def square(x: Any, y: int = 0) -> Any:
    return x * x + y


@dataclass
class Point:
    x: float
    tags: set[str]


# -- fingerprints -----------------------------------------------------------------------

leaves = st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary()
nested = st.recursive(
    leaves,
    lambda inner: (
        st.lists(inner)
        | st.tuples(inner, inner)
        | st.dictionaries(st.text() | st.integers(), inner)
        | st.frozensets(st.text())
    ),
    max_leaves=12,
)


def rebuilt(value: Any) -> Any:
    """The same value, put together anew, and sets in another order."""
    if isinstance(value, dict):
        return {key: rebuilt(each) for key, each in value.items()}
    if isinstance(value, frozenset):
        return frozenset(sorted(value, reverse=True))
    if isinstance(value, (list, tuple)):
        return type(value)(rebuilt(each) for each in value)
    return value


@given(nested)
def test_equal_values_have_one_fingerprint(value: Any) -> None:
    """However sets were put together."""
    assert fingerprint(rebuilt(value)) == fingerprint(value)


@given(nested, nested)
def test_different_values_have_different_fingerprints(one: Any, other: Any) -> None:
    """Wherever the text of the values differs, types included."""
    if repr(one) != repr(other) and one != other:
        assert fingerprint(one) != fingerprint(other)


def test_types_count() -> None:
    """1, 1.0, True and '1' are four different arguments; so are a list and a tuple."""
    values = [1, 1.0, True, "1", b"1", [1], (1,), {1}, {1: 1}, None, Point(1, {"a"})]
    assert len({fingerprint(value) for value in values}) == len(values)
    assert fingerprint(["ab", "c"]) != fingerprint(["a", "bc"])
    assert fingerprint([[1], 2]) != fingerprint([[1, 2]])
    assert fingerprint(Point(1, {"a", "b"})) == fingerprint(Point(1, {"b", "a"}))


def test_what_cannot_be_pickled_has_no_fingerprint() -> None:
    """A function made here, or a list that contains itself, says so."""
    loop: list[Any] = []
    loop.append(loop)
    for value in (lambda: None, [lambda: None], loop):
        with pytest.raises(FingerprintError):
            fingerprint(value)


def test_fingerprints_do_not_depend_on_the_process() -> None:
    """Two hash seeds, one fingerprint."""
    program = (
        "from cascade.adapters.fingerprint import fingerprint\n"
        "print(fingerprint({'a': {'x', 'y', 'z'}, 'b': [frozenset('hello'), {2: 'q', 1: 'p'}]}))"
    )
    found = {
        subprocess.run(
            [sys.executable, "-c", program],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(found) == 1


def test_an_edited_function_has_another_fingerprint() -> None:
    """A constant, a name or a default counts; the place in the file doesn't."""

    def made(source: str) -> Any:
        namespace: dict[str, Any] = {}
        exec(source, namespace)
        return code_fingerprint(namespace["f"])

    original = made("def f(a, b=1): return a + b")
    assert made("\n\n\ndef f(a, b=1): return a + b") == original
    edits = [
        "def f(a, b=1): return a - b",
        "def f(a, b=2): return a + b",
        "def f(a, b=1): return a + b + 1",
        "def f(a, b=1): return max(a, b)",
        "def f(a, b=1): return (lambda: a + b)()",
    ]
    assert len({original, *map(made, edits)}) == 6


# -- policies ---------------------------------------------------------------------------


@pytest.fixture(params=["memory", "file"])
def cache(request: pytest.FixtureRequest, tmp_path: Path) -> Any:
    return cs.InMemoryCache() if request.param == "memory" else cs.FileCache(tmp_path / "cache")


def test_a_call_is_known_by_task_and_arguments(cache: Any) -> None:
    """Equal arguments hit; another task, another value or another type misses."""

    @cs.task
    def other(x: Any, y: int = 0) -> Any:
        return x

    arguments = {"x": [1, {"k": {2, 3}}], "y": 0}
    assert cache.check(square, arguments) is cs.MISS
    cache.save(square, arguments, None)
    assert cache.check(square, {"y": 0, "x": [1, {"k": {3, 2}}]}) is None
    assert cache.check(square, {"x": [1, {"k": [3, 2]}], "y": 0}) is cs.MISS
    assert cache.check(other, arguments) is cs.MISS
    assert cache.check(square, {"x": [1.0, {"k": {2, 3}}], "y": 0}) is cs.MISS
    cache.clear()
    assert cache.check(square, arguments) is cs.MISS
    assert isinstance(cache, cs.CachePolicy)


def test_what_cannot_be_a_key_is_a_miss(cache: Any) -> None:
    """No error, and nothing stored."""
    arguments = {"x": lambda: None}
    cache.save(square, arguments, 1)
    assert cache.check(square, arguments) is cs.MISS


def test_a_cached_value_is_equal_each_time(cache: Any) -> None:
    """However a task changes what it was given: a list, one in a dict, one beside a function."""

    @cs.task
    def make(kind: str) -> Any:
        unordered = [3, 1, 2]
        return {"list": unordered, "dict": {"a": unordered}, "mixed": (unordered, len)}[kind]

    @cs.task
    def change(value: Any) -> Any:
        inner = value if isinstance(value, list) else value["a"] if "a" in value else value[0]
        before = list(inner)
        inner.sort()
        return before

    for kind in ("list", "dict", "mixed"):
        for _ in range(3):
            assert cs.run(change(make(kind).with_cache(cache))) == [3, 1, 2]


def test_what_cannot_be_copied_is_shared_and_what_is_read_once_not_kept(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """A lock is handed out again, and the log says so; a generator is made anew each time."""
    cache = cs.InMemoryCache()
    made: list[str] = []

    @cs.task
    def lock() -> Any:
        made.append("lock")
        return threading.Lock()

    @cs.task
    def numbers() -> Any:
        made.append("numbers")
        return (n for n in [1, 2])

    with caplog.at_level("WARNING", logger="cascade.adapters.cache"):
        first, second = (cs.run(lock().with_cache(cache)) for _ in range(2))
        assert first is second
        assert [list(cs.run(numbers().with_cache(cache))) for _ in range(2)] == [[1, 2]] * 2
    assert made == ["lock", "numbers", "numbers"]
    assert "result of task 'lock' is shared, not copied" in caplog.text
    assert "result of task 'numbers' is not cached: a generator can be read only" in caplog.text


def test_a_bounded_cache_forgets_what_was_used_longest_ago() -> None:
    """Of three with room for two; looking at one keeps it."""
    cache = cs.InMemoryCache(max_entries=2)
    for x in (1, 2):
        cache.save(square, {"x": x}, x)
    assert cache.check(square, {"x": 1}) == 1
    cache.save(square, {"x": 3}, 3)
    assert cache.check(square, {"x": 2}) is cs.MISS
    assert [cache.check(square, {"x": x}) for x in (1, 3)] == [1, 3]
    assert len(cache) == 2
    with pytest.raises(ValueError, match="max_entries"):
        cs.InMemoryCache(max_entries=0)


def test_results_of_a_dropped_task_are_dropped() -> None:
    """The cache keeps no task alive, and forgets what nobody can ask for."""
    cache = cs.InMemoryCache()

    def make() -> cs.Task[..., Any]:
        @cs.task
        def local(x: int) -> int:
            return x

        return local

    local = make()
    cache.save(local, {"x": 1}, object())
    del local
    gc.collect()
    cache.save(make(), {"x": 1}, 1)
    assert len(cache) == 1


def test_files_are_found_by_another_instance(tmp_path: Path) -> None:
    """What one wrote, the next one reads."""
    cs.FileCache(tmp_path).save(square, {"x": 3}, {"deep": [9]})
    assert cs.FileCache(tmp_path).check(square, {"x": 3}) == {"deep": [9]}


def test_files_follow_the_umask(tmp_path: Path) -> None:
    """A cache may be a group's."""
    before = os.umask(0o027)
    try:
        cs.FileCache(tmp_path).save(square, {"x": 3}, 9)
    finally:
        os.umask(before)
    (path,) = tmp_path.iterdir()
    if os.name == "posix":
        assert path.stat().st_mode & 0o777 == 0o640
    assert cs.FileCache(tmp_path).check(square, {"x": 3}) == 9


@pytest.mark.parametrize("damage", ["", "short", "flipped", "longer"])
def test_a_damaged_file_is_a_miss(
    damage: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """With a warning; the next save repairs it."""
    cache = cs.FileCache(tmp_path)
    cache.save(square, {"x": 3}, 9)
    (path,) = tmp_path.iterdir()
    whole = path.read_bytes()
    flipped = bytes([whole[-1] ^ 1])
    damaged = {
        "": b"",
        "short": whole[:-1],
        "flipped": whole[:-1] + flipped,
        "longer": whole + b"x",
    }
    path.write_bytes(damaged[damage])
    with caplog.at_level(logging.WARNING, logger="cascade"):
        assert cache.check(square, {"x": 3}) is cs.MISS
    assert "damaged cached result of task 'square'" in caplog.text
    cache.save(square, {"x": 3}, 9)
    assert cache.check(square, {"x": 3}) == 9


def test_what_is_no_file_is_a_miss(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """With a warning; a pipe is not waited for."""
    cache = cs.FileCache(tmp_path)
    cache.save(square, {"x": 3}, 9)
    (path,) = tmp_path.iterdir()
    path.unlink()
    os.mkfifo(path)
    with caplog.at_level(logging.WARNING, logger="cascade"):
        assert cache.check(square, {"x": 3}) is cs.MISS
    assert f"{path} is not a file" in caplog.text


def test_what_cannot_be_written_is_told_and_the_run_goes_on(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """A directory that is a file, a result that is a function: one warning each."""
    (tmp_path / "taken").write_text("")
    with caplog.at_level(logging.WARNING, logger="cascade"):
        cache = cs.FileCache(tmp_path / "taken")
        assert cs.run(square(3).with_cache(cache)) == 9
        cs.FileCache(tmp_path).save(square, {"x": 1}, lambda: None)
    told = [record.getMessage() for record in caplog.records]
    assert len([line for line in told if "could not" in line]) >= 1
    assert any("result of task 'square' can't be cached" in line for line in told)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["taken"]


_SAVE_FOREVER = """
import sys
import cascade as cs

@cs.task
def square(x):
    return x * x

cache = cs.FileCache(sys.argv[1])
x = 0
while True:
    x += 1
    cache.save(square, {"x": x % 50}, [x % 50] * 20_000)
    if x == 50:
        print("going", flush=True)
"""


@pytest.mark.drill
def test_a_kill_at_any_moment_leaves_no_broken_entry(
    tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    """A process that caches in files killed at any moment: every file is whole."""
    program = tmp_path / "save_forever.py"
    program.write_text(textwrap.dedent(_SAVE_FOREVER))
    directory = tmp_path / "cache"
    record_property("count", count(3, 30))
    for _ in range(count(3, 30)):
        with subprocess.Popen(
            [sys.executable, str(program), str(directory)], stdout=subprocess.PIPE
        ) as process:
            assert process.stdout is not None
            process.stdout.readline()
            process.send_signal(getattr(signal, "SIGKILL", signal.SIGTERM))
        check = (
            "import logging, pathlib, sys, hashlib\n"
            "for path in pathlib.Path(sys.argv[1]).glob('*.cascade'):\n"
            "    stored = path.read_bytes()\n"
            "    assert hashlib.sha256(stored[32:]).digest() == stored[:32], path\n"
        )
        subprocess.run([sys.executable, "-c", check, str(directory)], check=True)
    assert len(list(directory.glob("*.cascade"))) == 50


# -- what a task carries with it, and arguments that misbehave --------------------------


class Scale:
    def __init__(self, factor: int) -> None:
        self.factor = factor

    def __call__(self, x: int) -> int:
        return x * self.factor


def decorated(function: Any) -> Any:
    @functools.wraps(function)
    def wrapper(*args: Any) -> Any:
        return function(*args)

    return wrapper


def captured(factor: int) -> Any:
    def scale(x: int) -> int:
        return x * factor

    return scale


@pytest.mark.parametrize(
    "make",
    [
        captured,
        lambda factor: decorated(captured(factor)),
        lambda factor: functools.partial(pow, factor),
        Scale,
        lambda factor: Scale(factor).__call__,
    ],
    ids=["closure", "decorated", "partial", "object", "method"],
)
def test_what_a_task_captured_counts(
    make: Callable[[int], Callable[[int], int]], tmp_path: Path
) -> None:
    """Tasks of one name and code that carry different values don't share results."""
    cache = cs.FileCache(tmp_path)
    two: cs.Task[[int], int] = cs.Task(make(2), "scale")
    cache.save(two, {"x": 5}, "two")
    assert cache.check(cs.Task(make(3), "scale"), {"x": 5}) is cs.MISS
    assert cache.check(cs.Task(make(2), "scale"), {"x": 5}) == "two"


def test_a_function_that_captured_itself_has_a_fingerprint() -> None:
    """A recursive function defined inside another one, twice."""

    def make() -> Any:
        def factorial(n: int) -> int:
            return n * factorial(n - 1) if n else 1

        return factorial

    assert code_fingerprint(make()) == code_fingerprint(make())


def test_a_set_as_a_default_does_not_depend_on_the_process() -> None:
    """Two hash seeds, one fingerprint of the code."""
    program = (
        "from cascade.adapters.captured import code_fingerprint\n"
        "def f(x, tags=frozenset('hello')): return x\n"
        "print(code_fingerprint(f))"
    )
    found = {
        subprocess.run(
            [sys.executable, "-c", program],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2", "3")
    }
    assert len(found) == 1


class Rude:
    def __repr__(self) -> str:
        raise ValueError("no repr")

    def __reduce__(self) -> Any:
        raise OSError("no pickle")


@pytest.mark.parametrize("make", [Rude, lambda: Scale(captured(1))])
def test_no_argument_makes_a_run_fail(
    make: Any, cache: Any, caplog: pytest.LogCaptureFixture
) -> None:
    """What an argument's own code raises means a miss, told once for each task."""

    @cs.task
    def kind(x: Any) -> str:
        return type(x).__name__

    value = make()
    with caplog.at_level(logging.DEBUG, logger="cascade.adapters.cache"):
        for _ in range(2):
            assert cs.run(kind(value).with_cache(cache)) == type(value).__name__
    assert len([each for each in caplog.messages if "is not cached" in each]) == 1


def test_clear_removes_what_a_kill_left_half_written(tmp_path: Path) -> None:
    """Also the hidden files that were never put in their place."""
    cache = cs.FileCache(tmp_path)
    cache.save(square, {"x": 1}, 1)
    (tmp_path / ".left.part").write_bytes(b"half")
    cache.clear()
    assert list(tmp_path.iterdir()) == []


_SAVE_BIG = """
import sys
import cascade as cs

@cs.task
def square(x):
    return x * x

cache = cs.FileCache(sys.argv[1])
if sys.argv[2] == "save":
    print("going", flush=True)
    while True:
        for x in range(50):
            cache.save(square, {"x": x}, [x] * 20_000)
for x in range(50):
    found = cache.check(square, {"x": x})
    assert found is cs.MISS or found == [x] * 20_000, x
"""


def test_after_a_kill_each_entry_hits_rightly_or_misses(tmp_path: Path) -> None:
    """Asked through the cache itself, while another process goes on saving."""
    program, directory = tmp_path / "program.py", str(tmp_path / "cache")
    program.write_text(_SAVE_BIG)
    command = [sys.executable, str(program), directory]
    with subprocess.Popen([*command, "save"], stdout=subprocess.PIPE) as other:
        try:
            for _ in range(3):
                with subprocess.Popen([*command, "save"], stdout=subprocess.PIPE) as process:
                    assert process.stdout is not None
                    process.stdout.readline()
                    process.kill()
                told = subprocess.run(
                    [*command, "check"], check=True, capture_output=True, text=True
                ).stderr
                assert told == ""
        finally:
            other.kill()


# -- only exact built-in types are taken apart; what was captured is looked at each time --


class Tagged(list[int]):
    """A list that carries something else."""

    def __init__(self, items: Any, tag: str) -> None:
        super().__init__(items)
        self.tag = tag


class Loud(dict[str, int]):
    """A dict that answers otherwise."""


class Counted(collections.UserDict[str, int]):
    """A mapping that is no dict, with an attribute beside its items."""

    unit = "m"


@dataclass
class Marked:
    x: int

    def marked(self, mark: str) -> Marked:
        self.mark = mark
        return self


def in_feet(lengths: Counted) -> Counted:
    lengths.unit = "ft"
    return lengths


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (Tagged([1], "a"), Tagged([1], "b")),
        (Tagged([1], "a"), [1]),
        (Loud(a=1), {"a": 1}),
        (Marked(1).marked("a"), Marked(1).marked("b")),
        (Counted(a=1), in_feet(Counted(a=1))),
        (collections.defaultdict(int, a=1), collections.defaultdict(list, a=1)),  # type: ignore[arg-type]
        (collections.OrderedDict(a=1, b=2), collections.OrderedDict(b=2, a=1)),
        ({"a": 1, "b": 2}, {"b": 2, "a": 1}),
        (collections.deque([1], maxlen=1), collections.deque([1], maxlen=2)),
        (10**5000, 10**5000 + 1),
    ],
    ids=lambda value: type(value).__name__,
)
def test_what_a_task_can_tell_apart_has_two_fingerprints(one: Any, other: Any) -> None:
    """Whatever a subclass or an object adds, and the order of a dict, alone and inside."""
    assert fingerprint(one) != fingerprint(other)
    assert fingerprint([{"k": one}]) != fingerprint([{"k": other}])


def test_the_order_of_keyword_arguments_counts(cache: Any) -> None:
    """A task with ``**kwargs`` can tell; the order of its own parameters it can't."""

    @cs.task
    def names(x: int = 0, y: int = 0, **others: int) -> list[str]:
        return list(others)

    assert cs.run(names(a=1, b=2).with_cache(cache)) == ["a", "b"]
    assert cs.run(names(b=2, a=1).with_cache(cache)) == ["b", "a"]
    cache.save(names, {"x": 1, "y": 2}, "stored")
    assert cache.check(names, {"y": 2, "x": 1}) == "stored"


def scaled(x: int, factors: list[int] = [2], *, offsets: dict[str, int] = {"o": 0}) -> int:  # noqa: B006 - the point
    return x * factors[0] + offsets["o"] + LEVEL


LEVEL = 0


class Model:
    def __init__(self) -> None:
        self.k = 2
        self.lock = threading.Lock()

    @cs.task
    def times(self, x: int) -> int:
        return x * self.k

    def predict(self, x: int) -> int:
        return x * self.k


def asking(task: Any) -> Callable[[int], Any]:
    def ask(x: int) -> Any:
        return task.task.function(task.instance, x)

    return ask


def changing() -> list[tuple[str, Any, Callable[[], None]]]:
    """Tasks' functions that give 6 of 3, and what makes them give something else."""
    defaults: Any = scaled
    model, scale, listed, factors = Model(), Scale(2), [2], [2]
    deep = {"deep": [Scale(2)]}
    partial = functools.partial(lambda factors, x: x * factors[0], factors)

    def set_level() -> None:
        globals()["LEVEL"] = 1

    return [
        ("bound self", model.predict, lambda: setattr(model, "k", 10)),
        ("object", scale, lambda: setattr(scale, "factor", 10)),
        ("bound task", asking(model.times), lambda: setattr(model, "k", 10)),
        ("cell", lambda x: x * listed[0], lambda: listed.insert(0, 10)),
        ("in depth", lambda x: deep["deep"][0](x), lambda: setattr(deep["deep"][0], "factor", 10)),
        ("partial", partial, lambda: factors.insert(0, 10)),
        ("default", scaled, lambda: defaults.__defaults__[0].insert(0, 10)),
        ("keyword default", scaled, lambda: defaults.__kwdefaults__["offsets"].update(o=5)),
        ("constant of the module", scaled, set_level),
    ]


@pytest.mark.parametrize("number", range(9))
def test_what_was_captured_is_looked_at_at_each_run(
    number: int, cache: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A change from outside makes it another call, in both caches; nothing stale is found."""
    monkeypatch.setattr(scaled, "__defaults__", ([2],))
    monkeypatch.setattr(scaled, "__kwdefaults__", {"offsets": {"o": 0}})
    monkeypatch.setitem(globals(), "LEVEL", 0)
    name, function, change = changing()[number]
    task = cs.task(function)
    bus, skips = listening(cs.TaskSkipped)

    def value() -> Any:
        return cs.run(task(x=3).with_cache(cache), engine=cs.Engine(bus=bus))

    assert [value(), value(), len(skips)] == [6, 6, 1], name
    change()
    changed = function(x=3)
    assert changed != 6
    assert [value(), value(), len(skips)] == [changed, changed, 2], name


def test_what_a_task_changes_itself_does_not_count(cache: Any) -> None:
    """Notes of its calls, before and after it waits; the results of all of them are found."""
    calls, total = list[int](), 0

    @cs.task
    async def noted(x: int) -> int:
        nonlocal total
        calls.append(x)
        await asyncio.sleep(0)
        total += x
        return x

    for _ in range(2):
        assert cs.run(noted.map(x=[1, 2, 3]).with_cache(cache)) == [1, 2, 3]
    assert cs.run(noted(2).with_cache(cache)) == 2
    assert (sorted(calls), total) == ([1, 2, 3], 6)
    calls.append(99)
    assert cs.run(noted(2).with_cache(cache)) == 2
    assert calls[3:] == [99, 2]


def test_of_clocks_locks_and_the_like_only_the_type_counts(cache: Any) -> None:
    """They are what a task works with: time passes, a lock is held, and yet it is found."""
    clock, calls = cs.VirtualClock(), list[float]()
    log, lock, gate = logging.getLogger("test"), threading.Lock(), asyncio.Event()

    @cs.task
    async def slow(x: int) -> int:
        await clock.sleep(1.0)
        with lock:
            log.debug("%s", gate)
            calls.append(clock.now)
        return x

    for _ in range(2):
        assert run(clock, slow(1).with_cache(cache)) == 1
        clock.advance(5.0)
        gate.set()
    assert calls == [1.0]


def test_what_cannot_be_looked_into_counts_as_which_object_it_is(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """In memory; in files a task that captured it is not cached."""

    def ask(connection: Any) -> cs.Task[..., int]:
        @cs.task
        def asking(x: int) -> int:
            return x if connection else 0

        return asking

    rude, files, memory = ask(Rude()), cs.FileCache(tmp_path), cs.InMemoryCache()
    with caplog.at_level(logging.DEBUG, logger="cascade.adapters.cache"):
        for cache in (files, memory):
            cache.save(rude, {"x": 1}, 1)
    assert files.check(rude, {"x": 1}) is cs.MISS
    assert memory.check(rude, {"x": 1}) == 1
    assert "'asking' is not cached: something that its function captured" in caplog.text


def test_a_generator_in_a_container_is_not_kept(caplog: pytest.LogCaptureFixture) -> None:
    """The second to get it would find it empty."""

    @cs.task
    def rows() -> Any:
        return {"rows": (n for n in [1, 2])}

    cache = cs.InMemoryCache()
    for _ in range(2):
        assert list(cs.run(rows().with_cache(cache))["rows"]) == [1, 2]
    assert "is not cached: a generator can be read only once" in caplog.text
