"""Live constraints: rules for starting tasks that arrive while an engine runs."""

from __future__ import annotations

import math
import re
from collections import deque
from collections.abc import Mapping
from typing import Any, Final, Literal, TypeAlias, cast, get_args

from cascade.clock.seconds import as_seconds
from cascade.runtime.link import TOPIC

ConstraintType: TypeAlias = Literal["pause", "concurrency", "rate_limit"]

GLOBAL: Final = "global"

_FIELDS: Final = {"id", "scope", "type", "params", "expires_at"}
_PARAMS: Final[dict[Any, set[str]]] = {
    "pause": set(),
    "concurrency": {"limit"},
    "rate_limit": {"rate"},
}
_PER_S: Final = {"s": 1.0, "m": 60.0, "h": 3600.0}
_RATE: Final = re.compile(r"\s*(\d+(?:\.\d+)?)\s*/\s*([smh])\s*")


class Constraint:
    """One rule for starting tasks.

    Attributes
    ----------
    id
        Its name; another constraint with this id takes its place.
    scope
        ``"global"``, or ``"task:<glob>"`` over names of tasks.
    type
        ``"pause"``, ``"concurrency"`` or ``"rate_limit"``.
    limit
        Tasks at a time, or tasks in each `per_s` seconds.
    per_s
        Seconds over which a rate limit counts.
    expires_at
        When it ends, in the clock's seconds; infinite if it doesn't.
    running
        Tasks being executed that it matches.
    starts
        When the last tasks under a rate limit began, at most `limit` of them.
    """

    __slots__ = ("expires_at", "id", "limit", "per_s", "running", "scope", "starts", "type")

    def __init__(
        self,
        id: str,
        scope: str,
        type: ConstraintType,
        limit: int,
        per_s: float,
        expires_at: float,
    ) -> None:
        self.id = id
        self.scope = scope
        self.type = type
        self.limit = limit
        self.per_s = per_s
        self.expires_at = expires_at
        self.running = 0
        self.starts: deque[float] = deque()

    def matches(self, task_name: str) -> bool:
        """Whether it holds for tasks of this name."""
        if self.scope == GLOBAL:
            return True
        from fnmatch import fnmatchcase  # for those alone who impose some

        return fnmatchcase(task_name, self.scope.removeprefix("task:"))

    def allows(self, now: float) -> bool:
        """Whether one more task may begin at `now`."""
        if self.type == "pause":
            return False
        if self.type == "concurrency":
            return self.running < self.limit
        starts = self.starts
        return len(starts) < self.limit or starts[0] + self.per_s <= now

    def note_start(self, now: float) -> None:
        """Count a task that begins."""
        self.running += 1
        if self.type == "rate_limit":
            self.starts.append(now)
            if len(self.starts) > self.limit:
                self.starts.popleft()

    def take_up(self, earlier: Constraint) -> None:
        """Count what began under an earlier rate limit of this name."""
        self.starts = deque(list(earlier.starts)[-self.limit :])

    def is_open(self, now: float) -> bool:
        """Whether anything has begun that a rate limit still counts at `now`."""
        return bool(self.starts) and self.starts[-1] + self.per_s > now

    def next_change(self) -> float:
        """When it may allow more, just by time passing; infinite if never."""
        if self.type == "rate_limit" and len(self.starts) >= self.limit:
            return min(self.expires_at, self.starts[0] + self.per_s)
        return self.expires_at

    def __str__(self) -> str:
        return f"{self.type} '{self.id}'"


def decoded(payload: object) -> object:
    """What a message says: a mapping as it is, JSON decoded, and None for all that is empty.

    Raises
    ------
    ValueError
        It is no JSON.
    """
    message = payload
    if isinstance(payload, (str, bytes, bytearray)) and payload:
        import json  # for those alone who send some

        try:
            message = json.loads(payload)
        except RecursionError:
            raise ValueError("it nests too deep") from None
    is_empty = isinstance(message, (str, bytes, bytearray, Mapping)) and not message
    return None if is_empty else message


def parse(message: object, topic_scope: str | None = None) -> Constraint:
    """The constraint that a message describes.

    Parameters
    ----------
    message
        ``{"id", "scope", "type", "params", "expires_at"}``. ``params`` of a concurrency
        are ``{"limit": n}``, of a rate limit ``{"rate": "10/s"}``; ``params`` and
        ``expires_at`` may be absent.
    topic_scope
        The scope that its topic stands for, which must be its own; None if that stands
        for none.

    Raises
    ------
    ValueError
        It describes none, and why.
    """
    if not isinstance(message, Mapping):
        raise ValueError(f"a constraint must be a mapping, got {message!r}")
    if unknown := set(message) - _FIELDS:
        raise ValueError(f"unknown fields {sorted(map(repr, unknown))}")
    identity, scope, kind = (message.get(name) for name in ("id", "scope", "type"))
    if not isinstance(identity, str) or not identity:
        raise ValueError(f"id must be a non-empty string, got {identity!r}")
    if scope != GLOBAL and not (isinstance(scope, str) and re.fullmatch("task:.+", scope)):
        raise ValueError(f"scope must be 'global' or 'task:<glob>', got {scope!r}")
    if topic_scope is not None and scope != topic_scope:
        raise ValueError(f"scope must be that of its topic, {topic_scope!r}, got {scope!r}")
    if kind not in get_args(ConstraintType):
        raise ValueError(f"type must be one of {get_args(ConstraintType)}, got {kind!r}")
    expires_at = _time(message.get("expires_at"))
    params = message.get("params")
    if params is None:
        params = {}
    if not isinstance(params, Mapping):
        raise ValueError(f"params must be a mapping, got {params!r}")
    known = _PARAMS[kind]
    if unknown := set(params) - known:
        allowed = " and ".join(map(repr, known)) or "none"
        raise ValueError(
            f"unknown params {', '.join(sorted(map(repr, unknown)))} of a {kind}: it has {allowed}"
        )
    limit, per_s = _limit_of(kind, params)
    return Constraint(identity, scope, cast(ConstraintType, kind), limit, per_s, expires_at)


def _limit_of(kind: object, params: Mapping[str, Any]) -> tuple[int, float]:
    """How many, and in how many seconds."""
    if kind == "concurrency":
        limit = params.get("limit")
        if not isinstance(limit, int) or isinstance(limit, bool) or limit < 0:
            raise ValueError(f"limit of a concurrency must be an integer >= 0, got {limit!r}")
        return limit, 1.0
    if kind == "rate_limit":
        rate = params.get("rate")
        found = _RATE.fullmatch(rate) if isinstance(rate, str) else None
        if found is None or not 0 < float(found[1]) < math.inf:
            raise ValueError(f"rate must be like '10/s', '5/m' or '100/h', got {rate!r}")
        count, per_s = float(found[1]), _PER_S[found[2]]
        whole = max(1, math.floor(count))
        return whole, per_s * (whole / count)  # in this order it is never beyond all floats
    return 0, 1.0


def _time(expires_at: object) -> float:
    """When it ends; infinite if that is never, or beyond all floats."""
    if expires_at is None:
        return math.inf
    try:
        return as_seconds(expires_at, "expires_at")
    except TypeError as error:
        raise ValueError(str(error)) from None


def scope_of_topic(topic: str) -> str | None:
    """The scope that a topic below ``cascade/constraints/`` stands for, None if it is none."""
    rest = topic.removeprefix(TOPIC)
    if rest == GLOBAL:
        return GLOBAL
    glob = rest.removeprefix("task/")
    return f"task:{glob}" if glob and glob != rest else None
