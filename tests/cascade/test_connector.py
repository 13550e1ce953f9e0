"""Messages by topic: who gets which, in what order, and what failures do."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

import cascade as cs
from cascade.adapters.connector import Connector, InProcessConnector, topic_matches


async def connected() -> InProcessConnector:
    connector = InProcessConnector()
    await connector.connect()
    return connector


def collector() -> tuple[list[tuple[str, Any]], Callable[[str, Any], Awaitable[None]]]:
    got: list[tuple[str, Any]] = []

    async def collect(topic: str, payload: Any) -> None:
        got.append((topic, payload))

    return got, collect


@pytest.mark.parametrize(
    ("pattern", "topic", "expected"),
    [
        ("a/b", "a/b", True),
        ("a/b", "a/B", False),
        ("a/b", "a/b/c", False),
        ("a/b", "a", False),
        ("a", "/a", False),
        ("a", "a/", False),
        ("+", "a", True),
        ("+", "a/b", False),
        ("+", "/a", False),
        ("/+", "/a", True),
        ("+/+", "/a", True),
        ("a/+", "a", False),
        ("a/+", "a/", True),
        ("a/+/c", "a/b/c", True),
        ("a/+/c", "a/b/d/c", False),
        ("#", "a/b/c", True),
        ("#", "/", True),
        ("a/#", "a", True),
        ("a/#", "a/", True),
        ("a/#", "a/b/c", True),
        ("a/#", "ab", False),
        ("a/#", "", False),
        ("a/b/#", "a", False),
        ("+/#", "a", True),
        ("+/b/#", "a/b", True),
        ("#", "$SYS/load", False),
        ("+/load", "$SYS/load", False),
        ("$SYS/#", "$SYS/load", True),
        ("$SYS/+", "$SYS/load", True),
        ("a/+", "a/$b", True),
    ],
)
def test_patterns_match_as_in_mqtt(pattern: str, topic: str, expected: bool) -> None:
    """One level, all further ones and the parent, but no system topics by a leading wildcard."""
    assert topic_matches(pattern, topic) is expected


@pytest.mark.parametrize("pattern", ["", "a#", "a/#/b", "#/a", "##", "a+/b", "a/+b", "++", "a\0"])
async def test_invalid_patterns_are_refused(pattern: str) -> None:
    """Wildcards fill a level, and '#' is the last one."""
    _, collect = collector()
    with pytest.raises(ValueError, match="topic"):
        topic_matches(pattern, "a")
    with pytest.raises(ValueError, match="topic"):
        await (await connected()).subscribe(pattern, collect)


async def test_messages_reach_matching_subscribers_in_order() -> None:
    """Each subscription gets its own copy of the call, first come first served."""
    connector, calls = await connected(), list[Any]()
    assert isinstance(connector, Connector)

    def named(name: str) -> Callable[[str, Any], Awaitable[None]]:
        async def note(topic: str, payload: Any) -> None:
            calls.append((name, topic, payload))

        return note

    await connector.subscribe("a/+", named("first"))
    await connector.subscribe("b", named("other"))
    await connector.subscribe("#", named("last"))
    payload = {"x": 1}
    await connector.publish("a/1", payload, qos=2)
    assert calls == [("first", "a/1", payload), ("last", "a/1", payload)]
    assert calls[0][2] is payload


async def test_nothing_comes_after_unsubscribing() -> None:
    """Ending a subscription twice is the same as once, and ends no other."""
    connector = await connected()
    got, collect = collector()
    subscription = await connector.subscribe("a", collect)
    await connector.subscribe("a", collect)
    await subscription.unsubscribe()
    await subscription.unsubscribe()
    await connector.publish("a", 1)
    assert got == [("a", 1)]


async def test_retained_messages_come_first() -> None:
    """Whoever subscribes gets the last retained one of each matching topic, before going on."""
    connector = await connected()
    await connector.publish("a/1", "old", retain=True)
    await connector.publish("a/1", "new", retain=True)
    await connector.publish("a/2", 0, retain=True)
    await connector.publish("a/3", "passing")
    await connector.publish("b", "other", retain=True)
    got, collect = collector()
    await connector.subscribe("a/#", collect)
    assert got == [("a/1", "new"), ("a/2", 0)]


@pytest.mark.parametrize("empty", [None, "", b"", {}])
async def test_an_empty_payload_clears_the_retained_one(empty: Any) -> None:
    """Those who listen get it like any other; those who come later get nothing."""
    connector = await connected()
    got, collect = collector()
    await connector.publish("a", 1, retain=True)
    await connector.publish("a", empty)  # not retained: clears nothing
    await connector.subscribe("a", collect)
    await connector.publish("a", empty, retain=True)
    await connector.publish("a", empty, retain=True)
    assert got == [("a", 1), ("a", empty), ("a", empty)]
    got.clear()
    await connector.subscribe("a", collect)
    assert got == []


async def test_a_failing_callback_stops_nobody(caplog: pytest.LogCaptureFixture) -> None:
    """It is logged, the others and the publisher go on, and it gets the next message too."""
    connector, calls = await connected(), list[Any]()
    got, collect = collector()

    async def fail(_topic: str, payload: Any) -> None:
        calls.append(payload)
        raise ValueError("callback")

    await connector.publish("a", 0, retain=True)
    await connector.subscribe("a", fail)
    await connector.subscribe("a", collect)
    with caplog.at_level(logging.ERROR):
        await connector.publish("a", 1)
        await connector.publish("a", 2)
    assert calls == [0, 1, 2]
    assert got == [("a", 0), ("a", 1), ("a", 2)]
    assert "message on 'a'" in caplog.text
    assert "ValueError: callback" in caplog.text


async def test_cancellation_passes_through_callbacks() -> None:
    """It ends the publishing, and a subscription under way leaves nothing behind."""
    connector = await connected()
    got, collect = collector()

    async def cancelled(_topic: str, _payload: Any) -> None:
        raise asyncio.CancelledError

    await connector.publish("a", 1, retain=True)
    with pytest.raises(asyncio.CancelledError):
        await connector.subscribe("a", cancelled)
    await connector.publish("a", 2)
    await connector.subscribe("b", cancelled)
    await connector.subscribe("b", collect)
    with pytest.raises(asyncio.CancelledError):
        await connector.publish("b", 3)
    assert got == []


async def test_callbacks_may_change_the_subscriptions() -> None:
    """Who is removed during a publish gets nothing more, who is added not yet anything."""
    connector = await connected()
    got, collect = collector()
    later: list[Any] = []

    async def change(_topic: str, _payload: Any) -> None:
        await later.pop().unsubscribe()
        await connector.subscribe("a", collect)

    await connector.subscribe("a", change)
    later.append(await connector.subscribe("a", collect))
    await connector.publish("a", 1)
    assert got == []


async def test_callbacks_may_publish() -> None:
    """What a callback publishes is delivered before its publish returns."""
    connector = await connected()
    got, collect = collector()

    async def echo(_topic: str, payload: Any) -> None:
        await connector.publish("echo", payload + 1)

    await connector.subscribe("a", echo)
    await connector.subscribe("#", collect)
    await connector.publish("a", 1)
    assert got == [("echo", 2), ("a", 1)]


async def test_a_newer_message_is_not_followed_by_an_older_one() -> None:
    """A retained message that was replaced while its subscriber waited comes once, as the new."""
    connector, got = await connected(), list[Any]()

    async def slow(topic: str, payload: Any) -> None:
        got.append((topic, payload))
        if payload == "begin":
            await connector.publish("b", "new", retain=True)

    await connector.publish("a", "begin", retain=True)
    await connector.publish("b", "old", retain=True)
    await connector.subscribe("#", slow)
    assert got == [("a", "begin"), ("b", "new")]


async def test_disconnecting_drops_subscriptions_and_keeps_retained() -> None:
    """At once, also in the middle of a publish; a new connection begins without subscribers."""
    connector = await connected()
    got, collect = collector()

    async def hang_up(_topic: str, _payload: Any) -> None:
        await connector.disconnect()

    await connector.subscribe("a", hang_up)
    subscription = await connector.subscribe("a", collect)
    await connector.publish("a", 1, retain=True)
    await connector.disconnect()
    await subscription.unsubscribe()
    await connector.connect()
    await connector.publish("a", 2)
    assert got == []
    await connector.subscribe("a", collect)
    assert got == [("a", 1)]


async def test_disconnecting_ends_a_subscription_under_way() -> None:
    """No further retained message comes after it."""
    connector, got = await connected(), list[Any]()

    async def hang_up(topic: str, _payload: Any) -> None:
        got.append(topic)
        await connector.disconnect()

    await connector.publish("a", 1, retain=True)
    await connector.publish("b", 1, retain=True)
    await connector.subscribe("#", hang_up)
    assert got == ["a"]


async def test_wrong_use_is_refused() -> None:
    """Not connected, connected twice, wildcards to publish to, unknown qos, no callback."""
    connector = InProcessConnector()
    _, collect = collector()
    with pytest.raises(ConnectionError, match="can't publish to 'a'"):
        await connector.publish("a", 1)
    with pytest.raises(ConnectionError, match="can't subscribe to 'a'"):
        await connector.subscribe("a", collect)
    await connector.disconnect()
    await connector.connect()
    with pytest.raises(ConnectionError, match="connected already"):
        await connector.connect()
    for topic in ("", "a/+", "#"):
        with pytest.raises(ValueError, match="topic"):
            await connector.publish(topic, 1)
    with pytest.raises(ValueError, match="0, 1 or 2, got 3"):
        await connector.publish("a", 1, qos=3)
    with pytest.raises(TypeError, match="callback"):
        await connector.subscribe("a", None)  # type: ignore[arg-type]
    assert repr(connector) == "<InProcessConnector connected, 0 subscriptions>"


def test_it_works_inside_workflows_on_a_virtual_clock(on_virtual_clock: Any) -> None:
    """Publisher and subscriber are workflows, and time passes only as the clock says."""

    @cs.task
    async def listen(connector: InProcessConnector, clock: cs.VirtualClock) -> Any:
        channel = cs.Channel[Any]()

        async def forward(_topic: str, payload: Any) -> None:
            channel.send(payload)

        subscription = await connector.subscribe("a/+", forward)
        received = await channel.receive()
        await subscription.unsubscribe()
        return received, clock.now

    @cs.task
    async def speak(connector: InProcessConnector, clock: cs.VirtualClock) -> None:
        await clock.sleep(2.0)
        await connector.publish("a/b", "hello")

    async def body(clock: cs.VirtualClock, engine: cs.Engine) -> Any:
        connector = await connected()
        runs = [asyncio.create_task(engine.run(t(connector, clock))) for t in (listen, speak)]
        await asyncio.sleep(0)
        clock.advance(5.0)
        return (await asyncio.gather(*runs))[0]

    assert on_virtual_clock(body) == ("hello", 2.0)
