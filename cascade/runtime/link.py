"""The link of an engine to its connector: up as long as any run is."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from typing import Any, Final

from cascade.adapters.connector import Connector
from cascade.clock.turnstile import Turnstile

_log = logging.getLogger(__name__)

TOPIC: Final = "cascade/constraints/"
"""Live constraints are sent on topics that begin so."""


class Link:
    """Connects with the first of overlapping runs, and disconnects with the last.

    Parameters
    ----------
    connector
        What to connect.
    on_message
        Called with each message below ``cascade/constraints/``.
    on_change
        Called with the run that made the change, and whether the connector is
        connected now.
    """

    def __init__(
        self,
        connector: Connector,
        on_message: Callable[[str, Any], Awaitable[None]],
        on_change: Callable[[str, bool], None],
    ) -> None:
        self.connector = connector
        self._on_message = on_message
        self._on_change = on_change
        self._users = 0
        self._is_up = False
        self._is_between = False  # connecting was interrupted, or it failed to disconnect
        self._is_told = False  # some run was told that it failed to disconnect
        self._last_run = ""
        self._turnstile = Turnstile()

    async def join(self, run_id: str) -> None:
        """Begin to use the connector; it is connected and subscribed when this returns.

        Notes
        -----
        Cancelling is safe: then the link is not in use by this run.
        """
        self._users += 1
        try:
            async with self._turnstile:
                self._last_run = run_id
                if not self._is_up:
                    await self._connect()
                    self._is_up = True
                    self._on_change(run_id, True)
        except BaseException:
            await self.leave(run_id)
            raise

    async def leave(self, run_id: str) -> None:
        """Stop using it; the last one disconnects.

        Notes
        -----
        When the connector fails to disconnect, or this is cancelled meanwhile, the next to
        join disconnects anew before it connects.
        """
        self._users -= 1
        if self._users or not self._is_up:
            return
        async with self._turnstile:
            if self._users or not self._is_up:
                return  # somebody has begun to use it meanwhile
            self._is_up = False
            try:
                await self._disconnect()
            except Exception:
                self._is_told = True
                raise
            finally:
                self._on_change(run_id, False)

    async def close(self) -> None:
        """Disconnect if runs that were interrupted or failed in that have left it to be done.

        A failure that a run was told of already is only logged when it comes again.
        """
        if self._users or not (self._is_up or self._is_between):
            return
        was_up, self._is_up = self._is_up, False
        try:
            await self._disconnect()
        except Exception as error:
            if not self._is_told:
                raise
            _log.warning("the connector failed to disconnect again: %r", error)
        finally:
            if was_up:
                self._on_change(self._last_run, False)

    async def _connect(self) -> None:
        if self._is_between:
            try:
                await self._disconnect()
            except Exception as error:  # noqa: BLE001 - it may be disconnected: then it may say so
                _log.info("before it could be connected again the connector said: %r", error)
        was_between, self._is_between = self._is_between, True
        try:
            await self.connector.connect()
        except Exception:
            self._is_between = was_between
            raise
        self._is_between = self._is_told = False
        try:
            await self.connector.subscribe(f"{TOPIC}#", self._on_message)
        except BaseException:
            await self._disconnect()
            raise

    async def _disconnect(self) -> None:
        """Let the connector disconnect; what it is like is not known until it has said so."""
        self._is_between = True
        await self.connector.disconnect()
        self._is_between = False
