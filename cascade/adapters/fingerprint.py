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
    these types too, the pickled form counts.

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
    digest = hashlib.sha256()
    try:
        _feed(digest.update, value, stand_in)
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
    return digest.hexdigest()


def _feed(update: Callable[[bytes], object], value: Any, stand_in: StandIn) -> None:
    """Tell a digest what `value` is; nothing else is told in the same bytes."""
    kind = type(value)
    if kind is str:
        _feed_bytes(update, b"str", value.encode("utf-8", "surrogatepass"))
    elif value is None or kind is bool or kind is float or kind is complex:
        _feed_bytes(update, kind.__name__.encode(), repr(value).encode())
    elif kind is int:
        _feed_bytes(update, b"int", b"%x" % value)  # of any length, unlike its decimal digits
    elif kind is bytes or kind is bytearray:
        _feed_bytes(update, kind.__name__.encode(), bytes(value))
    elif kind is list or kind is tuple:
        update(b"%b %d:" % (kind.__name__.encode(), len(value)))
        for each in value:
            _feed(update, each, stand_in)
    elif kind is dict:
        update(b"dict %d:" % len(value))
        for key, each in value.items():
            _feed(update, key, stand_in)
            _feed(update, each, stand_in)
    elif kind is set or kind is frozenset:
        _feed_bytes(update, kind.__name__.encode(), _digests(value, stand_in))
    elif (instead := stand_in(value)) is not None:
        update(b"instead:")
        _feed(update, instead, stand_in)
    else:
        contents = io.BytesIO()
        _Pickler(contents, stand_in).dump(value)
        _feed_bytes(update, b"pickle", contents.getvalue())


def _feed_bytes(update: Callable[[bytes], object], kind: bytes, contents: bytes) -> None:
    update(b"%b %d:" % (kind, len(contents)))
    update(contents)


def _digests(values: Any, stand_in: StandIn) -> bytes:
    """What is in a set, in an order that doesn't depend on the process."""
    return "".join(sorted(fingerprint_with(each, stand_in) for each in values)).encode()


class _Pickler(pickle.Pickler):
    """Pickles with stand-ins, and sets in an order that doesn't depend on the process."""

    def __init__(self, file: io.BytesIO, stand_in: StandIn) -> None:
        super().__init__(file, protocol=5)
        self._stand_in = stand_in

    def persistent_id(self, value: Any) -> Any:
        kind = type(value)
        if kind in UNCHANGING:
            return None
        if kind is set or kind is frozenset:
            return kind.__name__, _digests(value, self._stand_in)
        instead = self._stand_in(value)
        return None if instead is None else fingerprint_with(instead, self._stand_in)
