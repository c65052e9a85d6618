"""Queues and pauses: how many requests at once, how soon after one another, who waits for whom."""

import asyncio
import threading

import pytest

from app.gateways.politeness import _MANY, MAX_HOLD, Deadline, Gate, OwnPaces, Politeness


class Time:
    """A clock that only `sleep` moves."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.slept: list[float] = []

    def clock(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


def polite(time: Time, *, total: int = 20, per_host: int = 2, own: str = "") -> Politeness:
    return Politeness(
        total=total,
        per_host=per_host,
        interval=1.0,
        paces=OwnPaces(time.clock),
        own=lambda address: address == own,
        sleep=time.sleep,
    )


async def waits(politeness: Politeness, *addresses: str) -> list[float]:
    return [await politeness.reserve(address) for address in addresses]


def test_one_address_is_dialled_once_a_second() -> None:
    time = Time()
    politeness = polite(time)
    booked = asyncio.run(waits(politeness, *["8.8.8.8"] * 3, "8.8.4.4"))
    assert booked == [0, 1, 2, 0]
    time.now += 2.5
    assert asyncio.run(waits(politeness, "8.8.8.8")) == [0.5]


def test_the_operators_own_addresses_need_no_pause() -> None:
    politeness = polite(Time(), own="127.0.0.1")
    assert asyncio.run(waits(politeness, *["127.0.0.1"] * 3)) == [0, 0, 0]


def test_bookings_that_passed_are_forgotten() -> None:
    time = Time()
    paces = OwnPaces(time.clock)

    async def scenario() -> None:
        for n in range(_MANY):
            await paces.book(str(n), 1)
            await paces.hold(str(n), 1)
        time.now += 10
        await paces.book("new", 1)
        await paces.hold("new", 1)

    asyncio.run(scenario())
    assert set(paces._next_dial) == {"new"}
    assert set(paces._held_until) == {"new"}


def test_a_pause_lends_the_place_to_others() -> None:
    order: list[str] = []

    async def sleep(seconds: float) -> None:
        order.append("pauses")
        await asyncio.sleep(0.01)

    async def paced() -> None:
        async with politeness.turn("a.test") as turn:
            await turn.pause("8.8.8.8")
            order.append("paced")

    async def other() -> None:
        await asyncio.sleep(0)
        async with politeness.turn("b.test"):
            order.append("other")

    async def both() -> None:
        await asyncio.gather(paced(), other())

    paces = OwnPaces(lambda: 0.0)
    politeness = Politeness(total=1, per_host=1, interval=1.0, paces=paces, sleep=sleep)
    asyncio.run(waits(politeness, "8.8.8.8"))
    asyncio.run(both())
    assert order == ["pauses", "other", "paced"]
    assert politeness.total._free == 1


def test_a_host_that_asked_for_quiet_is_held_for_a_while_only() -> None:
    time = Time()
    politeness = polite(time)

    async def scenario() -> None:
        await politeness.hold("a.test", 120)
        assert await politeness.held("a.test") == 120
        assert await politeness.held("b.test") == 0
        time.now += 121
        assert await politeness.held("a.test") == 0
        await politeness.hold("a.test", 7 * 86400)
        assert await politeness.held("a.test") == MAX_HOLD

    asyncio.run(scenario())


def test_the_gate_is_fair_and_counts() -> None:
    async def scenario() -> None:
        gate, order = Gate(2), list[int]()
        inside = most = 0

        async def visitor(n: int) -> None:
            nonlocal inside, most
            await gate.enter()
            inside += 1
            most = max(most, inside)
            order.append(n)
            await asyncio.sleep(0)
            inside -= 1
            gate.leave()

        await asyncio.gather(*(visitor(n) for n in range(20)))
        assert order == list(range(20))
        assert (most, gate._free) == (2, 2)

    asyncio.run(scenario())


@pytest.mark.parametrize("granted", [False, True], ids=["waiting", "just-granted"])
def test_a_visitor_who_gives_up_loses_no_place(granted: bool) -> None:
    async def scenario() -> None:
        gate = Gate(1)
        await gate.enter()
        waiting = asyncio.create_task(gate.enter())
        await asyncio.sleep(0)
        if granted:
            gate.leave()
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        if not granted:
            gate.leave()
        await asyncio.wait_for(gate.enter(), 1)
        assert gate._free == 0

    asyncio.run(scenario())


def test_loops_in_several_threads_share_one_gate() -> None:
    gate, inside, most = Gate(2), [0], [0]

    async def visits() -> None:
        async def visit() -> None:
            await gate.enter()
            inside[0] += 1
            most[0] = max(most[0], inside[0])
            await asyncio.sleep(0.001)
            inside[0] -= 1
            gate.leave()

        await asyncio.gather(*(visit() for _ in range(25)))

    threads = [threading.Thread(target=lambda: asyncio.run(visits())) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert most[0] <= 2
    assert gate._free == 2


def test_waiting_does_not_count_against_the_deadline() -> None:
    async def scenario() -> str:
        deadline = Deadline(0.05)
        async with deadline.timeout:
            with deadline.paused(), deadline.paused():
                await asyncio.sleep(0.1)
            await asyncio.sleep(0.01)
            passed = "waited"
        with pytest.raises(TimeoutError):
            async with Deadline(0.05).timeout:
                await asyncio.sleep(1)
        return passed

    assert asyncio.run(scenario()) == "waited"
