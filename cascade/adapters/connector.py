"""Connectors: how messages from outside reach an engine and its workflows."""

from __future__ import annotations

import functools
import logging
from collections.abc import Awaitable, Callable
from typing import Any, Protocol, TypeAlias, runtime_checkable

MessageCallback: TypeAlias = Callable[[str, Any], Awaitable[None]]
"""What a subscriber gives: ``async callback(topic, payload)``."""

_log = logging.getLogger(__name__)


class Subscription(Protocol):
    """What ``subscribe`` gives: the way to end it."""

    async def unsubscribe(self) -> None:
        """Get no more messages. Calling it again does nothing."""
        ...


@runtime_checkable
class Connector(Protocol):
    """Carries messages by topic, as MQTT does. An engine connects it while any run is under way."""

    async def connect(self) -> None:
        """Begin to carry messages."""
        ...

    async def disconnect(self) -> None:
        """Stop, and end all subscriptions. Does nothing when it isn't connected."""
        ...

    async def publish(self, topic: str, payload: Any, qos: int = 0, retain: bool = False) -> None:
        """Send `payload` to all who subscribed to `topic`.

        Parameters
        ----------
        qos
            0: at most once, 1: at least once, 2: exactly once.
        retain
            Keep it for those who subscribe later; an empty payload clears what is kept.
        """
        ...

    async def subscribe(self, topic: str, callback: MessageCallback) -> Subscription:
        """Call `callback` with each message on `topic`, in which ``+`` and ``#`` are wildcards.

        Payloads arrive decoded.
        """
        ...


def topic_matches(pattern: str, topic: str) -> bool:
    """Whether a subscription to `pattern` gets messages on `topic`.

    ``+`` stands for one level, ``#`` for all further ones and the level above
    them: ``a/#`` matches ``a``. Neither matches a first level that begins with
    ``$``. (MQTT 5.0, section 4.7.)

    Raises
    ------
    ValueError
        The pattern is not valid.
    """
    wanted, given = _levels_of(pattern), topic.split("/")
    if given[0].startswith("$") and wanted[0] in ("+", "#"):
        return False
    if wanted[-1] == "#":
        wanted = wanted[:-1]
        given = given[: len(wanted)]
    return len(wanted) == len(given) and all(
        level in ("+", name) for level, name in zip(wanted, given, strict=True)
    )


@functools.lru_cache(maxsize=1024)
def _levels_of(pattern: str) -> tuple[str, ...]:
    """The levels of a pattern, if it is valid."""
    levels = tuple(pattern.split("/"))
    if not pattern or "\0" in pattern:
        raise ValueError(f"a topic must have a character and no null character, got {pattern!r}")
    if any("+" in level and level != "+" for level in levels):
        raise ValueError(f"'+' must fill a whole level of a topic, got {pattern!r}")
    if any("#" in level for level in levels[:-1]) or ("#" in levels[-1] and levels[-1] != "#"):
        raise ValueError(f"'#' must be the whole last level of a topic, got {pattern!r}")
    return levels


class InProcessConnector:
    """A broker inside this process: messages go straight from publisher to subscribers.

    Callbacks are called one after another, in the order of subscription, and
    ``publish`` returns after the last. One that fails is logged, and the others
    still get the message. All get the very object that was published.

    Notes
    -----
    It waits for nothing but the callbacks, so it works on any clock and inside
    workflows. Not for threads: use it where the engine runs. Callbacks that
    wait may overlap, when somebody publishes meanwhile.
    """

    def __init__(self) -> None:
        self._is_connected = False
        self._subscriptions: dict[_InProcessSubscription, None] = {}  # in order of subscription
        self._retained: dict[str, tuple[str, Any]] = {}

    async def connect(self) -> None:
        """Begin to carry messages.

        Raises
        ------
        ConnectionError
            It is connected already.
        """
        if self._is_connected:
            raise ConnectionError("this connector is connected already: give each engine its own")
        self._is_connected = True

    async def disconnect(self) -> None:
        """Stop, and end all subscriptions; retained messages are kept."""
        self._is_connected = False
        self._subscriptions.clear()

    async def publish(self, topic: str, payload: Any, qos: int = 0, retain: bool = False) -> None:
        """Hand `payload` to all who subscribed to `topic`.

        Parameters
        ----------
        qos
            0, 1 or 2: all the same here.
        retain
            Keep it for those who subscribe later; an empty payload (None,
            ``""``, ``b""`` or ``{}``) clears what is kept.

        Raises
        ------
        ConnectionError
            It is not connected.
        ValueError
            The topic is empty or has wildcards, or `qos` is none of the three.

        Notes
        -----
        Cancelling is safe: the rest of the subscribers don't get the message.
        """
        self._require_connected(f"publish to '{topic}'")
        if {"+", "#"} & set(_levels_of(topic)):
            raise ValueError(f"a topic to publish to can't have wildcards, got {topic!r}")
        if qos not in (0, 1, 2):
            raise ValueError(f"qos must be 0, 1 or 2, got {qos!r}")
        message = (topic, payload)
        if retain and _is_empty(payload):
            self._retained.pop(topic, None)
        elif retain:
            self._retained[topic] = message
        for subscription in tuple(self._subscriptions):
            if subscription in self._subscriptions and topic_matches(subscription.pattern, topic):
                await subscription.deliver(message)

    async def subscribe(self, topic: str, callback: MessageCallback) -> Subscription:
        """Call `callback` with each message on `topic`, first with the retained ones.

        Returns
        -------
        Subscription
            Ends it.

        Raises
        ------
        ConnectionError
            It is not connected.
        TypeError
            The callback can't be called.
        ValueError
            The topic is not a valid pattern.

        Notes
        -----
        Cancelling is safe: then there is no subscription.
        """
        self._require_connected(f"subscribe to '{topic}'")
        _levels_of(topic)
        if not callable(callback):
            raise TypeError(f"subscribe takes an async callback(topic, payload), got {callback!r}")
        subscription = _InProcessSubscription(self._subscriptions, topic, callback)
        self._subscriptions[subscription] = None
        try:
            for message in tuple(self._retained.values()):
                # One that was replaced while a callback waited has arrived already.
                is_current = self._retained.get(message[0]) is message
                if is_current and topic_matches(topic, message[0]):
                    if subscription not in self._subscriptions:
                        break
                    await subscription.deliver(message)
        except BaseException:
            await subscription.unsubscribe()
            raise
        return subscription

    def _require_connected(self, what: str) -> None:
        if not self._is_connected:
            raise ConnectionError(
                f"can't {what}: the connector is connected only between connect() and "
                "disconnect(), or while a run of its engine is under way"
            )

    def __repr__(self) -> str:
        state = "connected" if self._is_connected else "not connected"
        return f"<InProcessConnector {state}, {len(self._subscriptions)} subscriptions>"


class _InProcessSubscription:
    """One subscriber, and the collection that it is in while it gets messages."""

    def __init__(
        self,
        living: dict[_InProcessSubscription, None],
        pattern: str,
        callback: MessageCallback,
    ) -> None:
        self._living = living
        self.pattern = pattern
        self._callback = callback

    async def deliver(self, message: tuple[str, Any]) -> None:
        """Call the callback; its failure is logged."""
        try:
            await self._callback(*message)
        except Exception:  # noqa: BLE001 - one subscriber can't stop the others
            _log.exception("callback %r failed on a message on '%s'", self._callback, message[0])

    async def unsubscribe(self) -> None:
        """Get no more messages. Calling it again does nothing."""
        self._living.pop(self, None)

    def __repr__(self) -> str:
        return f"<Subscription to '{self.pattern}'>"


def _is_empty(payload: object) -> bool:
    return payload is None or (isinstance(payload, (str, bytes, bytearray, dict)) and not payload)
