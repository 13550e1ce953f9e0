"""Session files, good and edited by hand."""

from __future__ import annotations

import json
import math
import random
from typing import Any

from experiments import (
    Action,
    Parameters,
    Session,
    Step,
    encode_session,
)

GOOD = Session(
    Parameters(side=4, speed=math.inf),
    (
        Step(0.0, action=Action.SILENT, ids=((0, 2), (5, 1))),
        Step(1.5, change=(("period", 4.0), ("speed", math.inf))),
    ),
    2.0,
    3,
    "0" * 64,
    "0.1.0",
)


def edited(**fields: Any) -> bytes:
    """The good file by hand, which has no check sum, with other fields; None takes one away."""
    layout = {**json.loads(encode_session(GOOD)), "check": None, **fields}
    return json.dumps({k: v for k, v in layout.items() if v is not None}).encode()


def step(**fields: Any) -> bytes:
    """The good file with another second intervention."""
    first = json.loads(encode_session(GOOD))["interventions"][0]
    return edited(interventions=[first, {"t": 1.5, "order": 2, **fields}])


def mutated(contents: bytes, rng: random.Random) -> bytes:
    """A session file to which something has happened."""
    data = bytearray(contents)
    for _ in range(rng.choice([1, 1, 1, 2, 5])):
        at = rng.randrange(len(data))
        how = rng.randrange(7)
        if how == 0:
            data[at] ^= 1 << rng.randrange(8)
        elif how == 1:
            data[at : at + rng.randint(1, 20)] = b""
        elif how == 2:
            data[at:at] = bytes(rng.randrange(256) for _ in range(rng.randint(1, 8)))
        elif how == 3:
            del data[at + 1 :]
        elif how == 4:
            data[at : at + 1] = rng.choice(
                [b"9", b"-", b"1e308", b"null", b"[]", b"{}", b'"', b"\0"]
            )
        elif how == 5:
            end = rng.randrange(len(data))
            data[at:at] = data[min(at, end) : max(at, end)]
        else:
            number = rng.choice([b"1e999", b"-1", b"NaN", b"18446744073709551616", b"true"])
            data[:] = bytes(data).replace(rng.choice([b"1", b"0.2", b"5.0", b"4"]), number, 1)
        if not data:
            break
    return bytes(data)
