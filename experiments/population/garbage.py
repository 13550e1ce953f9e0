"""Garbage collection: how the collector is kept from looking at every firefly again and again.

Each flash replaces a coroutine or two by new ones. They are freed by reference
counts and never form cycles, but while they live they are young: a collection
of the youngest generation looks at all of them, and at 40,000 fireflies holds
everything up for 50 to 130 ms (measured), several times a second.

So living objects are hidden from the collector; a new swarm begins with a full collection.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


def hide_what_lives() -> None:
    """Hide all living objects from the collector, unless it is switched off."""
    if gc.isenabled():
        gc.freeze()


def collect_what_was_hidden() -> None:
    """Let the collector see everything again, and free what it finds.

    Does nothing if it sees all, or is switched off.
    """
    if gc.isenabled() and gc.get_freeze_count():
        gc.unfreeze()
        gc.collect()


@contextmanager
def without_the_collector() -> Iterator[None]:
    """No collection within this context, and nothing hidden: for a small swarm that soon ends.

    To look at all that a process holds, before each of a thousand such swarms, takes as long as
    their runs do. They form few cycles: the next collection finds those.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


@contextmanager
def sparing_the_collector() -> Iterator[None]:
    """No collection within this context, nor later of what is alive at its end.

    What became garbage in cycles before it is collected on entry, while the
    young generation is small. What is alive on leaving is out of the collector's
    sight until the next swarm begins. Does nothing if the collector is switched off.
    """
    if not gc.isenabled():
        yield
        return
    gc.collect(0)
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()
