"""The kernel: the model, event for event, in code that numba compiles and Python runs as it is.

It is not compiled here but by :mod:`experiments.population.compiled.compiling`, once it
is needed.

No time steps: time goes from one instant to the next one at which something happens. Whatever a
function needs is an argument of it. Arithmetic is that of IEEE doubles in the order written: no
fast-math, so that nothing is contracted to fused multiply-adds, and no function whose last bits
are another platform's matter.

The agenda
----------
A flash of firefly i is due at ``zero[i] + period[i]``, which every pulse rewrites. Sorting all of
them anew, or moving them about in one heap, would touch memory far apart. So it is a calendar
queue (Brown 1988). All are looked at once for a *window* of time, which is cut into equal
*buckets*; those due within it are listed in theirs. Of the bucket that is open there is a small
heap, in which four lie below each, side by side in memory; when it is done, the next one is opened.
An entry whose time is no longer that of its firefly is stale, and is passed over when its turn
comes. Who is due *now*, if it is not one alone, is a bit in a set, of which the lowest is found by
a tree of 64 branches: a million that flash at one instant take no logarithm.

Between any two steps, each who is due now is marked as such, and nobody else is. All others that
are due before the end of the window are counted, and each has an entry: in the list of its bucket,
if that comes after the open one, else in the heap, with its time. Whatever is done from outside
ends the window, so that all are looked at anew.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

_Function = TypeVar("_Function", bound=Callable[..., Any])

KERNEL: Final[list[str]] = []
"""Names of the functions that are compiled."""
ENTRIES: Final[set[str]] = set()
"""Names of those that are called from outside: what Python needs for it takes time to compile."""
INLINED: Final[set[str]] = set()
"""Names of those whose code is put where they are called: their arguments are many words."""

unsigned = np.uint64
"""Makes a place in an array of which numba knows that it isn't counted from the end."""


def _in_kernel(function: _Function) -> _Function:
    KERNEL.append(function.__name__)
    return function


def _entry(function: _Function) -> _Function:
    ENTRIES.add(function.__name__)
    return _in_kernel(function)


def _inlined(function: _Function) -> _Function:
    INLINED.add(function.__name__)
    return _in_kernel(function)


# -- what a run of the kernel is given ---------------------------------------------------


class Rules(NamedTuple):
    """The parameters in force; seconds where it is a time."""

    response: int
    """One of the numbers of phase responses below."""
    nudge: float
    strength: float
    a: float
    c: float
    phases: NDArray[np.float64]
    shifts: NDArray[np.float64]
    slopes: NDArray[np.float64]
    refractory: float
    jitter: float
    delay: float
    loss: float
    jitter_key: np.uint64
    loss_key: np.uint64
    """``mix(mix(seed) ^ stream)`` of both streams."""
    stride: int
    """1 if each firefly has a period of its own, else 0: there is one for all."""
    has_statuses: bool
    """Whether anybody is silent, blind or a pacemaker."""


class StateArrays(NamedTuple):
    """The state of all fireflies, by id."""

    zero: NDArray[np.float64]
    periods: NDArray[np.float64]
    counts: NDArray[np.integer]
    status: NDArray[np.uint8]


class Wiring(NamedTuple):
    """Who hears whom: by steps on a grid, by a table, or everybody."""

    kind: int
    width: int
    height: int
    is_wrapped: bool
    dx: NDArray[np.int64]
    dy: NDArray[np.int64]
    steps: NDArray[np.int64]
    """``dy * width + dx``."""
    reach_x: int
    reach_y: int
    starts: NDArray[np.int64]
    targets: NDArray[np.int32]
    """Hearers of i: ``targets[starts[i] : starts[i + 1]]``."""
    most_hearers: int


class Due(NamedTuple):
    """Time, and what is due."""

    times: NDArray[np.float64]
    """Now, and the window, s: see the places below."""
    tallies: NDArray[np.int64]
    starts: NDArray[np.int32]
    """Those gathered in bucket b: ``ids[starts[b] : starts[b + 1]]``; one more than buckets."""
    lasts: NDArray[np.int32]
    """Of each bucket the last entry that came later; the others follow by `befores`."""
    ids: NDArray[np.int32]
    befores: NDArray[np.int32]
    """Of each entry that came later, the one before it in its bucket, or ``NOBODY``."""
    heap_times: NDArray[np.float64]
    heap_ids: NDArray[np.int32]
    bits: NDArray[np.uint64]
    """Who is due now, a bit each; behind them a bit for each of these words that isn't 0, ..."""
    levels: NDArray[np.int64]
    """Where each level begins in `bits`, from the lowest, and where the last one ends."""


class PulseStore(NamedTuple):
    """Pulses under way: a queue of those that arrive in the order in which they were sent.

    Those that overtake others, as the delay was made shorter meanwhile, are in a heap.
    """

    queue: NDArray[Any]
    heap: NDArray[Any]


class Log(NamedTuple):
    """Flashes, until they are taken out."""

    times: NDArray[np.float64]
    ids: NDArray[np.uint32]


PULSE: Final = np.dtype(
    [("arrival", "<f8"), ("sequence", "<i8"), ("sender", "<i8"), ("k", "<i8"), ("loss", "<f8")]
)

# Places in Due.times: WIDTH is that of the next window.
NOW, WINDOW_END, WIDTH, WINDOW_BEGIN, BUCKETS_PER_S = range(5)
N_TIMES: Final = 5
# Places in Due.tallies, of the agenda:
#   N_HEAP    entries of the heap, stale ones too
#   N_LISTED  entries of the lists of all buckets, stale ones too
#   N_LIVE    fireflies that are due after now, and before the end of the window
#   N_DUE     fireflies that are due now
#   SOLE      who is, if it is one alone who isn't in the set; else NOBODY
#   BUCKET    the open one: NOBODY before the first, their number after the last
N_HEAP, N_LIVE, N_DUE, WAKES, N_LOGGED, QUEUE_FIRST, QUEUE_N, OVERTAKING_N, N_SENT, WORK = range(10)
BUCKET, N_LISTED, SOLE = range(10, 13)
N_TALLIES: Final = 13

CONSTANT, MULTIPLICATIVE, MIROLLO_STROGATZ, INHIBITORY, DRAWN = range(5)
BY_STEPS, BY_TABLE, EVERYBODY = range(3)
REACHED, SPENT, LOG_FULL, FLIGHT_FULL = range(4)
SILENT, PACEMAKER, DEAF = 1, 4, 6
NOBODY: Final = -1

_TO_UNIT = 2.0**-53
_INFINITY = np.inf
_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_FIRST = np.uint64(0xBF58476D1CE4E5B9)
_SECOND = np.uint64(0x94D049BB133111EB)
_11, _27, _30, _31 = np.uint64(11), np.uint64(27), np.uint64(30), np.uint64(31)
_0, _1, _58 = np.uint64(0), np.uint64(1), np.uint64(58)
_DE_BRUIJN = np.uint64(0x03F79D71B4CB0A89)
_PLACES = np.zeros(64, dtype=np.int64)
with np.errstate(over="ignore"):
    for _place in range(64):
        _PLACES[int(((_1 << np.uint64(_place)) * _DE_BRUIJN) >> _58)] = _place


def prefetch(array: NDArray[Any], at: int) -> None:
    """Have an element brought into the processor's cache; compiled it is an instruction.

    It may lie beyond the array.
    """


# -- random numbers: SplitMix64 (Steele, Lea & Flood 2014) -------------------------------


@_inlined
def mix(x: np.uint64) -> np.uint64:
    """One step of SplitMix64."""
    x = x + _GOLDEN
    x = (x ^ (x >> _30)) * _FIRST
    x = (x ^ (x >> _27)) * _SECOND
    return x ^ (x >> _31)


@_inlined
def uniform(key: np.uint64, k: np.uint64) -> float:
    """The k-th number of a stream, in [0, 1)."""
    return np.float64(mix(key ^ k) >> _11) * _TO_UNIT


# -- the set of those that are due now ---------------------------------------------------


@_inlined
def is_marked(i: int, agenda: Due) -> bool:
    """Whether firefly i is due now."""
    word = agenda.bits[unsigned(i >> 6)]
    return i == agenda.tallies[SOLE] or bool((word >> np.uint64(i & 63)) & _1 != _0)


@_inlined
def mark_due(i: int, agenda: Due) -> None:
    """Firefly i, which wasn't, is due now."""
    tallies = agenda.tallies
    n, sole = tallies[N_DUE], tallies[SOLE]
    tallies[N_DUE] = n + 1
    if n == 0:
        tallies[SOLE] = i
        return
    if sole != NOBODY:
        add_bit(sole, agenda.bits, agenda.levels)
        tallies[SOLE] = NOBODY
    add_bit(i, agenda.bits, agenda.levels)


@_in_kernel
def add_bit(i: int, bits: NDArray[np.uint64], levels: NDArray[np.int64]) -> None:
    """Add firefly i to the set."""
    place = i
    for level in range(len(levels) - 1):
        at = levels[level] + (place >> 6)
        word = bits[unsigned(at)]
        bits[unsigned(at)] = word | (_1 << np.uint64(place & 63))
        if word != _0:
            break
        place >>= 6


@_inlined
def take_lowest_due(agenda: Due) -> int:
    """The lowest id of those that are due now, which is no longer among them."""
    tallies = agenda.tallies
    tallies[N_DUE] -= 1
    sole = int(tallies[SOLE])
    if sole != NOBODY:
        tallies[SOLE] = NOBODY
        return sole
    return take_lowest_bit(agenda.bits, agenda.levels)


@_inlined
def take_lowest_bit(bits: NDArray[np.uint64], levels: NDArray[np.int64]) -> int:
    """The lowest id of the set, which is no longer in it."""
    top = len(levels) - 2
    place = 0
    for level in range(top, -1, -1):
        word = bits[unsigned(levels[level] + place)]
        lowest = word & (~word + _1)
        place = (place << 6) + _PLACES[(lowest * _DE_BRUIJN) >> _58]
    found = place
    for level in range(top + 1):
        at = levels[level] + (place >> 6)
        word = bits[unsigned(at)] & ~(_1 << np.uint64(place & 63))
        bits[unsigned(at)] = word
        if word != _0:
            break
        place >>= 6
    return found


# -- the heap of those that are due within the window ------------------------------------


@_inlined
def push(due: float, i: int, agenda: Due) -> None:
    """An entry more."""
    times, ids = agenda.heap_times, agenda.heap_ids
    at = agenda.tallies[N_HEAP]
    agenda.tallies[N_HEAP] = at + 1
    while at > 0:
        above = (at - 1) >> 2
        if times[unsigned(above)] <= due:
            break
        times[unsigned(at)] = times[unsigned(above)]
        ids[unsigned(at)] = ids[unsigned(above)]
        at = above
    times[unsigned(at)] = due
    ids[unsigned(at)] = i


@_inlined
def sink(due: float, i: int, at: int, n: int, agenda: Due) -> None:
    """Put an entry into the place `at`, or below it, of a heap of n."""
    times, ids = agenda.heap_times, agenda.heap_ids
    while True:
        first = 4 * at + 1
        if first >= n:
            break
        least, below = times[unsigned(first)], first
        for other in range(first + 1, min(first + 4, n)):
            if times[unsigned(other)] < least:
                least, below = times[unsigned(other)], other
        if least >= due:
            break
        times[unsigned(at)] = least
        ids[unsigned(at)] = ids[unsigned(below)]
        at = below
    times[unsigned(at)] = due
    ids[unsigned(at)] = i


@_inlined
def drop_first(agenda: Due) -> None:
    """The first entry is no longer in the heap."""
    n = agenda.tallies[N_HEAP] - 1
    agenda.tallies[N_HEAP] = n
    sink(agenda.heap_times[n], int(agenda.heap_ids[n]), 0, n, agenda)


@_in_kernel
def first_due(stride: int, state: StateArrays) -> float:
    """When the first of all is due, s; infinity if nobody is."""
    zero, periods = state.zero, state.periods
    first = _INFINITY
    for i in range(len(zero)):
        first = min(first, zero[i] + periods[i * stride])
    return first


@_inlined
def bucket_of(due: float, agenda: Due) -> int:
    """The bucket of the window in which a time is; what is earlier is never in a later one."""
    times = agenda.times
    bucket = int((due - times[WINDOW_BEGIN]) * times[BUCKETS_PER_S])
    return min(max(bucket, 0), len(agenda.lasts) - 1)


@_in_kernel
def gather(begin: float, end: float, stride: int, state: StateArrays, agenda: Due) -> None:
    """Begin a window, or list it anew: those due before `end`, and mark those that are due now.

    The heap is emptied; until then its ids are the place for those who are found.
    """
    zero, periods = state.zero, state.periods
    tallies, starts, found = agenda.tallies, agenda.starts, agenda.heap_ids
    now, n_buckets = agenda.times[NOW], len(agenda.lasts)
    agenda.times[WINDOW_BEGIN], agenda.times[WINDOW_END] = begin, end
    agenda.times[BUCKETS_PER_S] = n_buckets / (end - begin) if end > begin else 0.0
    agenda.lasts[:] = NOBODY
    starts[:] = 0
    n = 0
    for i in range(len(zero)):  # without branches: who is due can't be foreseen
        found[unsigned(n)] = i
        n += zero[i] + periods[i * stride] < end
    n_found, n = n, 0
    for at in range(n_found):
        i = int(found[unsigned(at)])
        due = zero[unsigned(i)] + periods[unsigned(i * stride)]
        if due > now:
            found[unsigned(n)] = i
            n += 1
            starts[unsigned(bucket_of(due, agenda))] += 1
        elif not is_marked(i, agenda):
            mark_due(i, agenda)
    total = 0
    for bucket in range(n_buckets + 1):
        total += starts[unsigned(bucket)]
        starts[unsigned(bucket)] = total
    for at in range(n):
        i = int(found[unsigned(at)])
        due = zero[unsigned(i)] + periods[unsigned(i * stride)]
        bucket = bucket_of(due, agenda)
        place = starts[unsigned(bucket)] - 1
        starts[unsigned(bucket)] = place
        agenda.ids[unsigned(place)] = i
    tallies[BUCKET] = NOBODY
    tallies[N_HEAP] = 0
    tallies[N_LIVE] = tallies[N_LISTED] = n
    tallies[WORK] += len(zero) >> 3


@_inlined
def foresee(i: int, state: StateArrays, wiring: Wiring) -> None:
    """Have what the flash of firefly i will touch brought near: it lies far apart in memory."""
    prefetch(state.counts, i)
    for side in (i - 1, i + 1):  # which may be in two lines of the cache
        prefetch(state.zero, side)
        prefetch(state.zero, side - wiring.width)
        prefetch(state.zero, side + wiring.width)


@_inlined
def foresee_bucket(bucket: int, state: StateArrays, wiring: Wiring, agenda: Due) -> None:
    """Have brought near what flashes of a bucket will touch."""
    starts, lasts = agenda.starts, agenda.lasts
    if bucket < len(lasts):
        for at in range(starts[unsigned(bucket)], starts[unsigned(bucket + 1)]):
            foresee(int(agenda.ids[unsigned(at)]), state, wiring)
        entry = lasts[unsigned(bucket)]
        while entry != NOBODY:
            foresee(int(agenda.ids[unsigned(entry)]), state, wiring)
            entry = agenda.befores[unsigned(entry)]


@_inlined
def enter(i: int, bucket: int, agenda: Due) -> None:
    """List firefly i in a bucket that isn't open yet."""
    entry = agenda.tallies[N_LISTED]
    agenda.tallies[N_LISTED] = entry + 1
    agenda.ids[unsigned(entry)] = i
    agenda.befores[unsigned(entry)] = agenda.lasts[unsigned(bucket)]
    agenda.lasts[unsigned(bucket)] = entry


@_inlined
def push_if_in(i: int, bucket: int, stride: int, state: StateArrays, agenda: Due) -> None:
    """Put firefly i into the heap if it is due in that bucket, still.

    From the last one it may be due after the window, by now: the window ends before its turn.
    """
    due = state.zero[unsigned(i)] + state.periods[unsigned(i * stride)]
    if bucket_of(due, agenda) == bucket:
        push(due, i, agenda)


@_in_kernel
def open_next_bucket(stride: int, state: StateArrays, wiring: Wiring, agenda: Due) -> None:
    """Make the heap of those due within the next bucket that has entries."""
    starts, lasts, tallies = agenda.starts, agenda.lasts, agenda.tallies
    bucket, n_buckets = tallies[BUCKET] + 1, len(lasts)
    while bucket < n_buckets and (
        starts[unsigned(bucket)] == starts[unsigned(bucket + 1)]
        and lasts[unsigned(bucket)] == NOBODY
    ):
        bucket += 1
    tallies[BUCKET] = bucket
    if bucket == n_buckets:
        return
    foresee_bucket(bucket + 1, state, wiring, agenda)
    for at in range(starts[unsigned(bucket)], starts[unsigned(bucket + 1)]):
        push_if_in(int(agenda.ids[unsigned(at)]), bucket, stride, state, agenda)
    entry = lasts[unsigned(bucket)]
    while entry != NOBODY:
        push_if_in(int(agenda.ids[unsigned(entry)]), bucket, stride, state, agenda)
        entry = agenda.befores[unsigned(entry)]


@_inlined
def first_in_heap(stride: int, state: StateArrays, agenda: Due) -> float:
    """When the first of the open bucket is due, s; infinity if nobody is left of it."""
    tallies = agenda.tallies
    if tallies[N_LIVE] == 0:
        tallies[N_HEAP] = 0
    while tallies[N_HEAP] > 0:
        i = int(agenda.heap_ids[0])
        due = agenda.heap_times[0]
        if due == state.zero[unsigned(i)] + state.periods[unsigned(i * stride)]:
            return float(due)
        drop_first(agenda)
    return _INFINITY


@_in_kernel
def next_flash(until: float, stride: int, state: StateArrays, wiring: Wiring, agenda: Due) -> float:
    """When the next flash is due, s, and not before now; infinity if that is after `until`."""
    tallies = agenda.tallies
    if tallies[N_DUE] > 0:
        return float(agenda.times[NOW])
    while True:
        due = first_in_heap(stride, state, agenda)
        if due < _INFINITY:
            return due
        if tallies[N_LIVE] > 0 and tallies[BUCKET] < len(agenda.lasts):
            open_next_bucket(stride, state, wiring, agenda)
            continue
        begin = agenda.times[WINDOW_END]
        if begin > until:
            return _INFINITY
        begin = max(begin, agenda.times[NOW])
        gather(begin, begin + agenda.times[WIDTH], stride, state, agenda)
        if tallies[N_DUE] > 0:
            return float(agenda.times[NOW])
        if tallies[N_LIVE] == 0:
            later = first_due(stride, state)
            if later == _INFINITY:
                return _INFINITY
            if later > until:  # nothing before it: no need to look for who it is
                agenda.times[WINDOW_END] = later
                return _INFINITY
            gather(later, later + agenda.times[WIDTH], stride, state, agenda)


@_inlined
def note_due(i: int, before: float, due: float, agenda: Due) -> None:
    """A flash that was due at `before`, after now, is due at another time."""
    tallies = agenda.tallies
    end = agenda.times[WINDOW_END]
    if due <= agenda.times[NOW]:
        if before < end:
            tallies[N_LIVE] -= 1
        mark_due(i, agenda)
    elif due < end:
        bucket = bucket_of(due, agenda)
        is_listed = False
        if before >= end:
            tallies[N_LIVE] += 1
        else:
            is_listed = bucket == bucket_of(before, agenda)
        if bucket <= tallies[BUCKET]:
            push(due, i, agenda)
        elif not is_listed:
            enter(i, bucket, agenda)
    elif before < end:
        tallies[N_LIVE] -= 1


# -- pulses under way --------------------------------------------------------------------


@_inlined
def first_arrival(flight: PulseStore, agenda: Due) -> float:
    """When the next pulse arrives, s; infinity if none is under way."""
    tallies = agenda.tallies
    first = _INFINITY
    if tallies[QUEUE_N] > 0:
        first = flight.queue[tallies[QUEUE_FIRST]].arrival
    if tallies[OVERTAKING_N] > 0:
        first = min(first, flight.heap[0].arrival)
    return first


@_inlined
def is_full(flight: PulseStore, agenda: Due) -> bool:
    """Whether there may be no room for one more."""
    tallies = agenda.tallies
    return bool(tallies[QUEUE_N] == len(flight.queue) or tallies[OVERTAKING_N] == len(flight.heap))


@_in_kernel
def is_before(one: Any, other: Any) -> bool:
    """Whether a pulse arrives before another one."""
    if one.arrival != other.arrival:
        return bool(one.arrival < other.arrival)
    return bool(one.sequence < other.sequence)


@_in_kernel
def copy_pulse(source: Any, target: Any) -> None:
    """Write one pulse over another."""
    target.arrival = source.arrival
    target.sequence = source.sequence
    target.sender = source.sender
    target.k = source.k
    target.loss = source.loss


@_in_kernel
def send_later(
    arrival: float, i: int, k: int, loss: float, flight: PulseStore, agenda: Due
) -> None:
    """A pulse goes on its way."""
    tallies = agenda.tallies
    sequence = tallies[N_SENT]
    tallies[N_SENT] = sequence + 1
    queue, n = flight.queue, tallies[QUEUE_N]
    last = (tallies[QUEUE_FIRST] + n - 1) % len(queue)
    if n == 0 or queue[last].arrival <= arrival:
        place = queue[(tallies[QUEUE_FIRST] + n) % len(queue)]
        tallies[QUEUE_N] = n + 1
    else:
        heap = flight.heap
        at = tallies[OVERTAKING_N]
        tallies[OVERTAKING_N] = at + 1
        while at > 0 and heap[(at - 1) >> 1].arrival > arrival:  # it is the last sent
            copy_pulse(heap[(at - 1) >> 1], heap[at])
            at = (at - 1) >> 1
        place = heap[at]
    place.arrival = arrival
    place.sequence = sequence
    place.sender = i
    place.k = k
    place.loss = loss


@_in_kernel
def drop_first_overtaking(flight: PulseStore, agenda: Due) -> None:
    """The first pulse of the heap is no longer under way."""
    heap = flight.heap
    n = agenda.tallies[OVERTAKING_N] - 1
    agenda.tallies[OVERTAKING_N] = n
    last, at = heap[n], 0
    while True:
        below = 2 * at + 1
        if below >= n:
            break
        if below + 1 < n and is_before(heap[below + 1], heap[below]):
            below += 1
        if is_before(last, heap[below]):
            break
        copy_pulse(heap[below], heap[at])
        at = below
    copy_pulse(last, heap[at])


# -- the model ---------------------------------------------------------------------------


@_inlined
def moved(zero: float, t: float, period: float, rules: Rules) -> float:
    """The phase response: when the phase was 0, s, after a pulse that was accepted at t."""
    x = t - zero
    if rules.response == MULTIPLICATIVE:
        return t - (x + rules.strength * x)
    if rules.response == MIROLLO_STROGATZ:
        y = rules.a * x + rules.c * period
    elif rules.response == INHIBITORY:
        y = x - rules.strength * period
    else:
        phi = x / period
        piece, last = 0, len(rules.slopes) - 1
        while piece < last and rules.phases[piece + 1] <= phi:
            piece += 1
        shift = rules.shifts[piece] + (phi - rules.phases[piece]) * rules.slopes[piece]
        y = x + shift * period
    return t - (y if y > 0.0 else 0.0)


@_inlined
def pulse(
    j: int,
    t: float,
    end: float,
    key: np.uint64,
    loss: float,
    rules: Rules,
    state: StateArrays,
    wiring: Wiring,
    agenda: Due,
) -> int:
    """A pulse reaches firefly j at t; 1 if it is accepted, else 0.

    Whether it is can't be foreseen: so the most frequent case goes without branches.
    """
    zero = state.zero[unsigned(j)]
    x = t - zero
    is_accepted = (x >= rules.refractory) & (x > 0.0)
    if rules.has_statuses:
        is_accepted &= (state.status[unsigned(j)] & DEAF) == 0
    if loss > 0.0:
        is_accepted &= uniform(key, np.uint64(j)) >= loss
    period = state.periods[unsigned(j * rules.stride)]
    due = zero + period
    moves = is_accepted & (due > t)  # else it is committed
    if rules.response == CONSTANT:
        after = zero - rules.nudge
    elif moves:
        after = moved(zero, t, period, rules)
    else:
        return int(is_accepted)
    state.zero[unsigned(j)] = after if moves else zero
    if moves & (min(due, after + period) < end):
        note_due(j, due, after + period, agenda)
        if after + period <= t:
            foresee(j, state, wiring)
    return int(is_accepted)


@_inlined
def deliver(
    i: int,
    k: int,
    loss: float,
    rules: Rules,
    state: StateArrays,
    wiring: Wiring,
    agenda: Due,
) -> None:
    """The pulse of firefly i's k-th flash reaches all that hear it, now."""
    t = agenda.times[NOW]
    key = _0
    if loss > 0.0:
        key = mix(mix(rules.loss_key ^ np.uint64(i)) ^ np.uint64(k))
    width, height = wiring.width, wiring.height
    x, y = i, 0
    is_inside = False
    window_end = agenda.times[WINDOW_END]
    n_accepted = 0
    first, end = 0, len(state.zero)
    if wiring.kind == BY_TABLE:
        first, end = wiring.starts[i], wiring.starts[i + 1]
    elif wiring.kind == BY_STEPS:
        end = len(wiring.steps)
        y = i // width
        x = i - y * width
        is_inside = (
            wiring.reach_x <= x < width - wiring.reach_x
            and wiring.reach_y <= y < height - wiring.reach_y
        )
    if is_inside:
        for at in range(first, end):
            j = i + wiring.steps[unsigned(at)]
            n_accepted += pulse(j, t, window_end, key, loss, rules, state, wiring, agenda)
        end = first  # they are all there are
    for at in range(first, end):
        j = at
        if wiring.kind == BY_TABLE:
            j = int(wiring.targets[at])
        elif wiring.kind == BY_STEPS:
            there_x, there_y = x + wiring.dx[at], y + wiring.dy[at]
            if wiring.is_wrapped:
                there_x, there_y = there_x % width, there_y % height
            elif not (0 <= there_x < width and 0 <= there_y < height):
                continue
            j = there_y * width + there_x
        elif j == i:  # of everybody, all but itself
            continue
        n_accepted += pulse(j, t, window_end, key, loss, rules, state, wiring, agenda)
    agenda.tallies[WAKES] += n_accepted
    agenda.tallies[WORK] += wiring.most_hearers


@_inlined
def note_flash(i: int, state: StateArrays, agenda: Due, log: Log) -> None:
    """Firefly i flashes, now."""
    tallies = agenda.tallies
    at = tallies[N_LOGGED]
    log.times[unsigned(at)] = agenda.times[NOW]
    log.ids[unsigned(at)] = i
    tallies[N_LOGGED] = at + 1
    prefetch(state.counts, i)


@_inlined
def begin_cycle(i: int, status: int, rules: Rules, state: StateArrays, agenda: Due) -> None:
    """After its flash, now, firefly i starts over."""
    k = int(state.counts[unsigned(i)]) + 1
    state.counts[unsigned(i)] = k
    zero = agenda.times[NOW]
    if not status & PACEMAKER:
        key = mix(rules.jitter_key ^ np.uint64(i))
        zero -= rules.jitter * uniform(key, np.uint64(k))
    state.zero[unsigned(i)] = zero
    note_due(i, _INFINITY, zero + state.periods[unsigned(i * rules.stride)], agenda)


@_inlined
def take_due(t: float, stride: int, state: StateArrays, agenda: Due) -> None:
    """Take out of the heap who is due at t, and mark them."""
    tallies, times, ids = agenda.tallies, agenda.heap_times, agenda.heap_ids
    while tallies[N_HEAP] > 0 and times[0] <= t:
        i = int(ids[0])
        is_due = times[0] == state.zero[unsigned(i)] + state.periods[unsigned(i * stride)]
        drop_first(agenda)
        if is_due and (tallies[N_DUE] == 0 or not is_marked(i, agenda)):  # neither stale nor met
            tallies[N_LIVE] -= 1
            mark_due(i, agenda)


@_in_kernel
def take_next_arrival(flight: PulseStore, agenda: Due) -> tuple[int, int, float]:
    """The pulse that arrives next: its sender, which of its flashes, and how likely it is lost."""
    tallies = agenda.tallies
    queue, heap = flight.queue, flight.heap
    first = tallies[QUEUE_FIRST]
    if tallies[OVERTAKING_N] > 0 and (tallies[QUEUE_N] == 0 or is_before(heap[0], queue[first])):
        taken = int(heap[0].sender), int(heap[0].k), float(heap[0].loss)
        drop_first_overtaking(flight, agenda)
        return taken
    taken = int(queue[first].sender), int(queue[first].k), float(queue[first].loss)
    tallies[QUEUE_FIRST] = (first + 1) % len(queue)
    tallies[QUEUE_N] -= 1
    return taken


@_entry
def order_sums(
    zero: NDArray[np.float64],
    t: float,
    periods: NDArray[np.float64],
    stride: int,
    sine: tuple[float, ...],
    lanes: NDArray[np.float64],
) -> None:
    """The sums that :func:`experiments.model.order.order_parameter` makes, in their order.

    `sine` is its polynomial; `lanes` takes the sums of p and q, and those of a chunk, and a
    row of fractions: shape ``(5, n_lanes)``.
    """
    n, n_lanes = len(zero), lanes.shape[1]
    degree = len(sine) - 1
    lanes[:2] = 0.0
    for first in range(0, n, n_lanes * n_lanes):
        lanes[2:] = 0.0
        for row in range(first, min(n, first + n_lanes * n_lanes), n_lanes):
            n_here = min(n_lanes, n - row)
            for lane in range(n_here):
                lanes[4, lane] = (t - zero[row + lane]) / periods[(row + lane) * stride]
            for lane in range(n_here):  # on vectors of the processor
                x = lanes[4, lane]
                x -= np.rint(x)
                square = x * x
                q = sine[degree] * square
                for power in range(degree - 1, 0, -1):
                    q = (q + sine[power]) * square
                q = (q + sine[0]) * x
                sine_squared = q * q
                cosine_squared = 1.0 - sine_squared
                q *= np.sqrt(cosine_squared)
                lanes[2, lane] += sine_squared * cosine_squared
                lanes[3, lane] += q * (cosine_squared - sine_squared)
        for lane in range(n_lanes):
            lanes[0, lane] += lanes[2, lane]
            lanes[1, lane] += lanes[3, lane]


@_entry
def next_event(
    stride: int, state: StateArrays, wiring: Wiring, agenda: Due, flight: PulseStore
) -> float:
    """When the next flash is due or the next pulse arrives, s; infinity if none ever does."""
    due = next_flash(_INFINITY, stride, state, wiring, agenda)
    return min(due, first_arrival(flight, agenda))


@_entry
def advance(
    until: float,
    work: int,
    rules: Rules,
    state: StateArrays,
    wiring: Wiring,
    agenda: Due,
    flight: PulseStore,
    log: Log,
) -> int:
    """Let time pass until `until`, all that is due at it included, or so much work is done.

    Returns
    -------
    int
        ``REACHED``, ``SPENT`` (there is more to do), or what has to be done before it goes on:
        ``LOG_FULL`` (take the flashes out), ``FLIGHT_FULL`` (make more room for pulses).
    """
    times, tallies = agenda.times, agenda.tallies
    end_of_work = tallies[WORK] + work
    room = len(agenda.ids) - wiring.most_hearers - 2
    while True:
        arrival = first_arrival(flight, agenda)
        while arrival <= times[NOW] or tallies[N_DUE] > 0:
            is_flash = arrival > times[NOW]
            outcome = REACHED
            if tallies[WORK] >= end_of_work:
                outcome = SPENT
            elif is_flash and tallies[N_LOGGED] == len(log.times):
                outcome = LOG_FULL
            elif is_flash and rules.delay > 0.0 and is_full(flight, agenda):
                outcome = FLIGHT_FULL
            if outcome != REACHED:
                return outcome
            if max(tallies[N_HEAP], tallies[N_LISTED]) > room:  # too many stale ones
                gather(times[WINDOW_BEGIN], times[WINDOW_END], rules.stride, state, agenda)
            status = 0
            if is_flash:
                i, loss = take_lowest_due(agenda), rules.loss
                note_flash(i, state, agenda, log)
                k = 0
                if loss > 0.0 or rules.delay > 0.0:  # else nobody asks
                    k = int(state.counts[unsigned(i)]) + 1
                if rules.has_statuses:
                    status = int(state.status[i])
            else:
                i, k, loss = take_next_arrival(flight, agenda)
            tallies[WAKES] += 1
            tallies[WORK] += 8
            if is_flash and rules.delay > 0.0:
                if not status & SILENT:
                    send_later(times[NOW] + rules.delay, i, k, loss, flight, agenda)
            elif not status & SILENT:
                deliver(i, k, loss, rules, state, wiring, agenda)
            if is_flash:
                begin_cycle(i, status, rules, state, agenda)
            arrival = first_arrival(flight, agenda)
        if tallies[WORK] >= end_of_work:
            return SPENT
        due = first_in_heap(rules.stride, state, agenda)
        if due == _INFINITY:
            due = next_flash(until, rules.stride, state, wiring, agenda)
        t = min(due, arrival)
        if t > until:
            times[NOW] = until
            return REACHED
        if tallies[N_DUE] > 0:  # due before now, as something was done from outside
            continue
        times[NOW] = t
        take_due(t, rules.stride, state, agenda)
