"""Fingerprints: one number for equal values, in any process and at any time."""

from __future__ import annotations

import hashlib
import io
import pickle
from collections.abc import Callable
from typing import Any, Final, TypeAlias

from cascade.errors import CascadeError

StandIn: TypeAlias = Callable[[Any], Any]

UNCHANGING: Final = frozenset({type(None), bool, int, float, complex, str, bytes, range})
"""Types whose values nobody can change."""


class FingerprintError(CascadeError, TypeError):
    """A value has no fingerprint: it, or something in it, can't be pickled."""


def fingerprint(value: Any) -> str:
    """SHA-256 of a value's contents, as hexadecimal digits.

    Numbers, strings, bytes, lists, tuples, dicts and sets of exactly these types are
    taken apart, nested in any way: 1, 1.0 and True are different, and so are dicts of
    another order, which a loop over them can tell. Of everything else, subclasses of
    these types too, the pickled form counts, part by part: not which of the parts are one
    object, unless it refers back to itself.

    Raises
    ------
    FingerprintError
        Something in it can't be pickled, or it contains itself.
    """
    return fingerprint_with(value, lambda _: None)


def fingerprint_with(value: Any, stand_in: StandIn) -> str:
    """As :func:`fingerprint`, with something else in the place of some objects.

    Parameters
    ----------
    value
        What is looked at.
    stand_in
        Called with each object in it that is not of a built-in type; gives what counts
        instead of it, or None if it counts itself.

    Raises
    ------
    FingerprintError
        Something in it can't be pickled, or it contains itself.
    """
    try:
        return _Reading(stand_in).digest_of(value)
    except FingerprintError:
        raise
    except RecursionError:
        raise FingerprintError("a value that contains itself has no fingerprint") from None
    except Exception as error:
        # A value's own code was called, which may raise anything; its repr too, so not used.
        raise FingerprintError(
            f"a value of type {type(value).__qualname__} has no fingerprint: "
            f"{type(error).__name__} in it"
        ) from error


class _CircleError(Exception):
    """A value is part of itself."""


class _Reading:
    """One reading of a value, which looks at each object in it once.

    An object that is pickled has the digests of its parts in their places, so it
    doesn't matter which of them are one object. Where it refers back to itself
    that can't be, and it is pickled as a whole.
    """

    def __init__(self, stand_in: StandIn) -> None:
        self._stand_in = stand_in
        # By id, with the objects, so that no id comes twice.
        self._instead: dict[int, tuple[Any, Any]] = {}
        self._digests: dict[int, tuple[Any, str]] = {}
        self._open: set[int] = set()
        self._is_pickling = False

    def digest_of(self, value: Any) -> str:
        """What counts of a value, as hexadecimal digits."""
        key = id(value)
        if key in self._digests:
            return self._digests[key][1]
        if key in self._open:
            raise _CircleError
        self._open.add(key)
        try:
            digest = hashlib.sha256()
            self._feed(digest.update, value)
        finally:
            self._open.remove(key)
        self._digests[key] = value, digest.hexdigest()
        return self._digests[key][1]

    def instead_of(self, value: Any) -> Any:
        """What counts instead of a value, found out once for each."""
        if id(value) in self._instead:
            return self._instead[id(value)][1]
        instead = self._stand_in(value)
        if instead is not None:  # of a million others there is nothing to keep
            self._instead[id(value)] = value, instead
        return instead

    def digests_of(self, values: Any) -> bytes:
        """What is in a set, in an order that doesn't depend on the process."""
        return "".join(sorted(map(self.digest_of, values))).encode()

    def _feed(self, update: Callable[[bytes], object], value: Any) -> None:
        """Tell a digest what `value` is; nothing else is told in the same bytes."""
        kind = type(value)
        if kind is str:
            _feed_bytes(update, b"str", value.encode("utf-8", "surrogatepass"))
        elif value is None or kind is bool or kind is float or kind is complex:
            _feed_bytes(update, kind.__name__.encode(), repr(value).encode())
        elif kind is int:
            _feed_bytes(update, b"int", b"%x" % value)  # of any length, unlike decimal digits
        elif kind is bytes or kind is bytearray:
            _feed_bytes(update, kind.__name__.encode(), bytes(value))
        elif kind is list or kind is tuple:
            update(b"%b %d:" % (kind.__name__.encode(), len(value)))
            if len(value) >= _MANY and UNCHANGING.issuperset(map(type, value)):
                _feed_bytes(update, b"plain", _pickled(value))
                return
            for each in value:
                self._feed(update, each)
        elif kind is dict:
            update(b"dict %d:" % len(value))
            for key, each in value.items():
                self._feed(update, key)
                self._feed(update, each)
        elif kind is set or kind is frozenset:
            _feed_bytes(update, kind.__name__.encode(), self.digests_of(value))
        elif (instead := self.instead_of(value)) is not None:
            update(b"instead:")
            self._feed(update, instead)
        else:
            _feed_bytes(update, b"pickle", self._pickled(value))

    def _pickled(self, value: Any) -> bytes:
        """The pickled form that counts."""
        contents = io.BytesIO()
        if self._is_pickling:
            _PartsPickler(contents, self).dump(value)
            return contents.getvalue()
        self._is_pickling = True
        try:
            _PartsPickler(contents, self).dump(value)
        except (_CircleError, RecursionError):
            contents = io.BytesIO()
            _WholePickler(contents, self).dump(value)
        finally:
            self._is_pickling = False
        return contents.getvalue()


_MANY: Final = 64
"""Length from which on a list of numbers and text is told in one go."""


def _feed_bytes(update: Callable[[bytes], object], kind: bytes, contents: bytes) -> None:
    update(b"%b %d:" % (kind, len(contents)))
    update(contents)


def _pickled(plain: list[Any] | tuple[Any, ...]) -> bytes:
    contents = io.BytesIO()
    pickler = pickle.Pickler(contents, protocol=5)
    pickler.fast = True  # without a note of which of them are one object
    pickler.dump(plain)
    return contents.getvalue()


class _PartsPickler(pickle.Pickler):
    """Pickles one object, with the digests of its parts in their places."""

    def __init__(self, file: io.BytesIO, reading: _Reading) -> None:
        super().__init__(file, protocol=5)
        self.fast = True
        self._reading = reading
        self._has_begun = False

    def persistent_id(self, value: Any) -> Any:
        if not self._has_begun:
            self._has_begun = True
            return None
        return None if type(value) in UNCHANGING else self._reading.digest_of(value)


class _WholePickler(pickle.Pickler):
    """Pickles with stand-ins, and sets in an order that doesn't depend on the process."""

    def __init__(self, file: io.BytesIO, reading: _Reading) -> None:
        super().__init__(file, protocol=5)
        self._reading = reading

    def persistent_id(self, value: Any) -> Any:
        kind = type(value)
        if kind in UNCHANGING:
            return None
        if kind is set or kind is frozenset:
            return kind.__name__, self._reading.digests_of(value)
        instead = self._reading.instead_of(value)
        return None if instead is None else self._reading.digest_of(instead)
