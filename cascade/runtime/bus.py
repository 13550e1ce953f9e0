"""The message bus: it passes events to those who subscribed to their types."""

from __future__ import annotations

import inspect
import logging
from asyncio import CancelledError
from collections.abc import Awaitable, Callable
from typing import Any, Protocol, TypeVar, runtime_checkable

from cascade.runtime.events import Event

E = TypeVar("E", bound=Event)

_log = logging.getLogger(__name__)


@runtime_checkable
class Subscriber(Protocol):
    """An observer that an engine starts, and stops when it is closed."""

    def start(self, bus: MessageBus) -> None:
        """Subscribe to what it wants to hear."""

    def stop(self) -> Awaitable[None] | None:
        """End; may be a coroutine."""


class MessageBus:
    """Passes events to those who subscribed to their type.

    With no subscriber for a type the engine doesn't even build an event of it.
    A handler that raises, also a ``CancelledError``, is logged and detached; the run goes on.
    """

    def __init__(self) -> None:
        self._subscriptions: list[tuple[type[Event], Callable[[Any], object]]] = []
        self._handlers: dict[type[Event], tuple[Callable[[Any], object], ...]] = {}
        self.is_silent = True
        """Whether nobody has subscribed to anything."""

    def subscribe(self, event_type: type[E], handler: Callable[[E], object]) -> Callable[[], None]:
        """Call `handler` with every event of `event_type` and its subclasses, from now on.

        Returns
        -------
        callable
            Ends the subscription; calling it again does nothing.

        Raises
        ------
        TypeError
            `event_type` is not an event class, or the handler is not a plain
            callable (handlers run inside the engine and can't wait).
        """
        if not (isinstance(event_type, type) and issubclass(event_type, Event)):
            raise TypeError(f"subscribe takes a subclass of Event, got {event_type!r}")
        if not callable(handler) or inspect.iscoroutinefunction(handler):
            raise TypeError(f"an event handler must be a plain (not async) callable: {handler!r}")
        subscription = (event_type, handler)
        self._subscriptions.append(subscription)
        self._note_change()

        def unsubscribe() -> None:
            left = [each for each in self._subscriptions if each is not subscription]
            if len(left) < len(self._subscriptions):
                self._subscriptions = left
                self._note_change()

        return unsubscribe

    def wants(self, event_type: type[Event]) -> bool:
        """Whether anybody would get an event of exactly this type."""
        return bool(self._handlers_of(event_type))

    def tell(self, event_type: type[Event], **fields: Any) -> None:
        """Publish an event of this type, which is built only if anybody wants it."""
        if self.wants(event_type):
            self.publish(event_type(**fields))

    def publish(self, event: Event) -> None:
        """Hand `event` to its subscribers, in the order in which they subscribed."""
        for handler in self._handlers_of(type(event)):
            try:
                handler(event)
            # A plain function is never where asyncio cancels: the error is the handler's own.
            except (Exception, CancelledError):  # noqa: BLE001 - an observer can't stop a run
                _log.exception("observer %r failed on %s; detached", handler, type(event).__name__)
                self._detach(handler)

    def _handlers_of(self, event_type: type[Event]) -> tuple[Callable[[Any], object], ...]:
        handlers = self._handlers.get(event_type)
        if handlers is None:
            handlers = self._handlers[event_type] = tuple(
                handler
                for subscribed, handler in self._subscriptions
                if issubclass(event_type, subscribed)
            )
        return handlers

    def _detach(self, handler: Callable[[Any], object]) -> None:
        self._subscriptions = [s for s in self._subscriptions if s[1] is not handler]
        self._note_change()

    def _note_change(self) -> None:
        self._handlers.clear()
        self.is_silent = not self._subscriptions
