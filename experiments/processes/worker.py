"""A worker: calls what its parent sends it, one after the other, until its parent is gone."""

from __future__ import annotations

import os
import pickle
import queue
import sys
import threading
from typing import IO, Any

from experiments.processes.workers import receive, send


def main() -> None:
    """Answer each call on standard input by a pair on standard output: whether, and what."""
    if len(sys.argv) > 1 and hasattr(os, "nice"):
        os.nice(int(sys.argv[1]))
    calls: queue.SimpleQueue[Any] = queue.SimpleQueue()
    with open(os.dup(1), "wb") as out, open(os.dup(0), "rb") as into:
        os.dup2(2, 1)  # what a called function prints is no answer
        threading.Thread(target=_listen, args=(into, calls), daemon=True).start()
        while True:
            answer = _made(calls.get())
            try:
                send(out, answer)
            except OSError:  # nobody waits for it
                os._exit(0)


def _listen(into: IO[bytes], calls: queue.SimpleQueue[Any]) -> None:
    """Pass calls on. Where there come no more the process ends, in the middle of one too."""
    while True:
        try:
            calls.put(receive(into))
        except EOFError:
            os._exit(0)
        except Exception as error:  # noqa: BLE001 - a function that isn't to be found here
            calls.put(error)


def _made(call: Any) -> tuple[bool, Any]:
    """Whether a call gave a result, and the result or the error."""
    try:
        if isinstance(call, Exception):
            raise call
        function, args, kwargs = call
        result = function(*args, **kwargs)
        pickle.dumps(result)
        return True, result
    except Exception as error:  # noqa: BLE001 - told to whoever called
        try:
            pickle.loads(pickle.dumps(error))
        except Exception:  # noqa: BLE001 - whatever its class does when pickled
            return False, RuntimeError(f"{type(error).__name__}: {error}")
        return False, error


if __name__ == "__main__":
    main()
