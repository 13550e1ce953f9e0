"""Caches: results that need not be made again, in memory or in files."""

from __future__ import annotations

import copy
import functools
import hashlib
import logging
import os
import pickle
import stat
from collections import OrderedDict
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypeAlias
from weakref import WeakKeyDictionary, WeakSet

from cascade.adapters.captured import Captured, state_of
from cascade.adapters.fingerprint import UNCHANGING, FingerprintError, fingerprint
from cascade.spec.cache_policy import MISS
from cascade.spec.read_once import find_read_once
from cascade.spec.task import Task

if TYPE_CHECKING:
    _Tasks: TypeAlias = WeakSet[Task[..., Any]]

_log = logging.getLogger(__name__)

_Key: TypeAlias = tuple[int, str, str]


class Arguments(dict[str, Any]):
    """The arguments of one call, and the task, known by what they were when first asked about.

    A task may change a list that it was given; its result belongs to what the
    list was before.
    """

    __slots__ = ("call",)

    call: Call


class Call(NamedTuple):
    """What one call is known by."""

    task: Captured
    digits: str


def call_of(task: Task[..., Any], arguments: Mapping[str, Any]) -> Call:
    """What a call is known by, found out once for each.

    Raises
    ------
    FingerprintError
        Something in it can't be pickled.
    """
    if not isinstance(arguments, Arguments):
        return Call(state_of(task), fingerprint(sorted(arguments.items())))
    if not hasattr(arguments, "call"):
        arguments.call = Call(state_of(task), fingerprint(sorted(arguments.items())))
    return arguments.call


class InMemoryCache:
    """Keeps results for as long as it lives.

    What it gives is a copy, equal each time: nobody changes the stored result
    by sorting the list he got. Results that can't be copied (an open
    connection) are shared, and a warning in the log says so; those that can be
    read only once, alone or in a container, are not kept. A task that is dropped
    takes its results along. What the task's function captured counts as it is at each
    call. Arguments that can't be pickled make a call that is never found.

    Parameters
    ----------
    max_entries
        How many results to keep; those used longest ago go first. None: all.

    Raises
    ------
    ValueError
        `max_entries` is not an integer > 0.
    """

    def __init__(self, max_entries: int | None = None) -> None:
        if max_entries is not None and (not isinstance(max_entries, int) or max_entries < 1):
            raise ValueError(f"max_entries must be an integer > 0, got {max_entries!r}")
        self._max_entries = max_entries
        self._serials: WeakKeyDictionary[Task[..., Any], int] = WeakKeyDictionary()
        self._results: OrderedDict[_Key, Callable[[], Any]] = OrderedDict()
        self._told: _Tasks = WeakSet()

    def check(self, task: Task[..., Any], arguments: Mapping[str, Any]) -> Any:
        """The stored result, or :data:`MISS`."""
        key = self._key(task, arguments)
        if key is None or key not in self._results:
            return MISS
        self._results.move_to_end(key)
        return self._results[key]()

    def save(self, task: Task[..., Any], arguments: Mapping[str, Any], result: Any) -> None:
        """Store a result."""
        key = self._key(task, arguments)
        if key is None:
            return
        if (found := find_read_once(result)) is not None:
            _log.warning(
                "a result of task '%s' is not cached: a %s can be read only once",
                task.name, type(found).__name__,
            )  # fmt: skip
            return
        if task not in self._serials:
            self._forget_dropped_tasks()
            self._serials[task] = task.serial
        self._results[key] = _copier(result, task.name)
        self._results.move_to_end(key)
        if self._max_entries is not None and len(self._results) > self._max_entries:
            self._results.popitem(last=False)

    def clear(self) -> None:
        """Forget everything."""
        self._results.clear()

    def __len__(self) -> int:
        return len(self._results)

    def _key(self, task: Task[..., Any], arguments: Mapping[str, Any]) -> _Key | None:
        try:
            captured, digits = call_of(task, arguments)
            return task.serial, captured.digits, digits
        except FingerprintError as error:
            _tell_once(self._told, task, error)
            return None

    def _forget_dropped_tasks(self) -> None:
        living = set(self._serials.values())
        for key in [key for key in self._results if key[0] not in living]:
            del self._results[key]


def _copier(result: Any, task_name: str) -> Callable[[], Any]:
    """What gives an equal value each time, whatever becomes of those it gave before."""
    if type(result) in UNCHANGING:
        return lambda: result
    try:
        pickled = pickle.dumps(result, protocol=5)
        pickle.loads(pickled)
        return functools.partial(pickle.loads, pickled)
    except Exception:  # noqa: BLE001 - whatever an object's own code may raise
        pass
    try:
        kept = copy.deepcopy(result)
        return functools.partial(copy.deepcopy, kept)
    except Exception as error:  # noqa: BLE001 - whatever an object's own code may raise
        _log.warning("a cached result of task '%s' is shared, not copied: %s", task_name, error)
        return lambda: result


class FileCache:
    """Keeps results in files, one each, for other processes and other days.

    A result is found again for the same task (module, name, its own code and
    what that captured, at each call: an edited task misses) and equal arguments. The
    functions a task calls by name don't count, and of the globals it uses only numbers
    and text. A task that captured something that can't be pickled is never found; of
    clocks, channels, locks and the like only the type counts. Files are written
    whole or not at all, so that a kill or another process at any moment
    leaves no broken entry; one that is damaged all the same counts as missing,
    with a warning. Where nothing can be written, a warning says so and the run
    goes on.

    Parameters
    ----------
    directory
        Where the files are; made when first needed. They are pickles: open
        only a directory that nobody else can write to.
    """

    def __init__(self, directory: str | os.PathLike[str]) -> None:
        self.directory = Path(directory)
        self._told: _Tasks = WeakSet()

    def check(self, task: Task[..., Any], arguments: Mapping[str, Any]) -> Any:
        """The stored result, or :data:`MISS`."""
        path = self.path_of(task, arguments)
        if path is None:
            return MISS
        try:
            if not stat.S_ISREG(path.stat().st_mode):  # to read a pipe would never end
                _log.warning("could not read a cached result: %s is not a file", path)
                return MISS
            stored = path.read_bytes()
        except FileNotFoundError:
            return MISS
        except OSError as error:
            _log.warning("could not read a cached result: %s", error)
            return MISS
        digest, contents = stored[:_DIGEST_BYTES], stored[_DIGEST_BYTES:]
        if hashlib.sha256(contents).digest() != digest:
            _log.warning("ignored a damaged cached result of task '%s': %s", task.name, path)
            return MISS
        try:
            return pickle.loads(contents)
        except Exception as error:  # noqa: BLE001 - whatever a pickle of old code may raise
            _log.warning("ignored a cached result of task '%s': %s", task.name, error)
            return MISS

    def save(self, task: Task[..., Any], arguments: Mapping[str, Any], result: Any) -> None:
        """Store a result."""
        path = self.path_of(task, arguments)
        if path is None:
            return
        try:
            contents = pickle.dumps(result, protocol=5)
        except Exception as error:  # noqa: BLE001 - whatever an object's own code may raise
            _log.warning("the result of task '%s' can't be cached: %s", task.name, error)
            return
        try:
            _write_whole(path, hashlib.sha256(contents).digest() + contents)
        except OSError as error:
            _log.warning("could not cache the result of task '%s': %s", task.name, error)

    def clear(self) -> None:
        """Remove every stored result, and what killed processes left half written."""
        for pattern in (f"*{_SUFFIX}", f".*{_PART}"):
            for path in self.directory.glob(pattern):
                path.unlink(missing_ok=True)

    def path_of(self, task: Task[..., Any], arguments: Mapping[str, Any]) -> Path | None:
        """Where the result of a call is, if it has been stored; None if it can't be."""
        try:
            captured, digits = call_of(task, arguments)
            if not captured.is_portable:
                raise FingerprintError("something that its function captured can't be pickled")
        except FingerprintError as error:
            _tell_once(self._told, task, error)
            return None
        function = task.function
        qualified_name = getattr(function, "__qualname__", task.name)
        module = getattr(function, "__module__", None)
        name = fingerprint((module, qualified_name, task.name, captured.digits, digits))
        return self.directory / f"{name}{_SUFFIX}"


_SUFFIX: Final = ".cascade"
_PART: Final = ".part"
_DIGEST_BYTES: Final = 32


def _tell_once(told: _Tasks, task: Task[..., Any], error: FingerprintError) -> None:
    if task not in told:
        told.add(task)
        _log.debug("a call of task '%s' is not cached: %s", task.name, error)


def _write_whole(path: Path, contents: bytes) -> None:
    """Put a file in its place in one step."""
    path.parent.mkdir(parents=True, exist_ok=True)
    # Not by tempfile, whose files nobody else may read: a cache may be a group's.
    temporary = path.with_name(f".{os.urandom(8).hex()}{_PART}")
    try:
        with temporary.open("xb") as file:
            file.write(contents)
        os.replace(temporary, path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
