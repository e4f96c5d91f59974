"""Whatever changes while fetched messages are handed on: each is delivered or given back, in the order of its partition."""

import asyncio
from types import SimpleNamespace

import pytest
from faust.types import TP
from hypothesis import example, given
from hypothesis import strategies as st

from streams.kafka.consumer import KeepingConsumer, KeepingThread

PLACES = TP("t", 0), TP("t", 1)


class Turns:
    """Partitions in turns, as faust's scheduler has them."""

    def iterate(self, records):
        rows = {place: list(fetched) for place, fetched in records.items()}
        while any(rows.values()):
            for place, waiting in rows.items():
                if waiting:
                    yield place, waiting.pop(0)


class Stub(KeepingConsumer):
    """A consumer without Kafka: what it has fetched is given, what it gives back is kept."""

    should_stop = False

    def __init__(self, fetched, active):
        self._fetched, self._active, self.back = fetched, active, {}
        self.flow_active, self._buffered_partitions, self.scheduler = True, set(), Turns()
        self.app = SimpleNamespace(
            consumer_generation_id=1, monitor=SimpleNamespace(track_tp_end_offset=lambda *_: None)
        )
        self._thread = SimpleNamespace(give_back=self.give_back, stay=lambda: None)

    async def give_back(self, first):
        self.back = first

    async def _wait_next_records(self, timeout):  # noqa: ASYNC109 - as faust calls it
        return self._fetched, self._active

    def highwater(self, place):
        return 0

    def _to_message(self, place, record):
        return record.offset


def records(*offsets):
    return [SimpleNamespace(offset=offset) for offset in offsets]


def read(consumer, meanwhile=lambda: None):
    async def run():
        delivered = []
        async for place, offset in consumer.getmany(timeout=1.0):
            delivered.append((place, offset))
            meanwhile()
        return delivered

    return asyncio.run(run())


@given(
    st.dictionaries(st.sampled_from(PLACES), st.sets(st.integers(0, 50), min_size=1, max_size=8), min_size=1),
    st.sets(st.sampled_from(PLACES)),
    st.lists(st.sampled_from(["nothing", "pause", "resume", "stop", "rebalance"]), max_size=16),
)
@example({PLACES[0]: {1, 2, 3}, PLACES[1]: {1, 2, 3}}, set(PLACES), ["pause", "nothing", "resume"])
def test_nothing_that_was_fetched_is_thrown_away(fetched, active, events):
    fetched = {place: sorted(offsets) for place, offsets in fetched.items()}
    consumer, coming = Stub({place: records(*offsets) for place, offsets in fetched.items()}, active), iter(events)

    def meanwhile():
        match next(coming, "nothing"):
            case "pause":
                active.discard(PLACES[0])
            case "resume":
                active.update(PLACES)
            case "stop":
                consumer.flow_active = False
            case "rebalance":
                consumer.app.consumer_generation_id += 1

    delivered = read(consumer, meanwhile)
    for place, offsets in fetched.items():
        mine = [offset for at, offset in delivered if at == place]
        back = [] if place not in consumer.back else [offset for offset in offsets if offset >= consumer.back[place]]
        assert mine + back == offsets


def test_what_comes_while_the_flow_is_stopped_is_given_back():
    consumer = Stub({PLACES[0]: records(7, 8)}, set(PLACES))
    consumer.flow_active = False
    assert read(consumer) == []
    assert consumer.back == {PLACES[0]: 7}


class Position:
    """What the thread knows of one partition in aiokafka."""

    def __init__(self, position):
        self.position, self.has_valid_position = position, True

    def consumer(self):
        assignment = SimpleNamespace(state_value=lambda place: self if place == PLACES[0] else None)
        subscription = SimpleNamespace(subscription=SimpleNamespace(assignment=assignment))
        return SimpleNamespace(_subscription=subscription, seek=self.seek)

    def seek(self, place, offset):
        self.position = offset


def given_back(position, first, *, reached):
    thread, there = KeepingThread.__new__(KeepingThread), Position(position)
    thread._reached, thread._ensure_consumer = {PLACES[0]: reached}, there.consumer
    asyncio.run(thread._give_back(first))
    return there.position


def test_it_is_fetched_again_unless_the_position_was_set_meanwhile():
    assert given_back(9, {PLACES[0]: 7}, reached=9) == 7
    assert given_back(3, {PLACES[0]: 7}, reached=9) == 3  # a seek came in between
    assert given_back(9, {PLACES[1]: 7}, reached=9) == 9  # no longer ours


class Waiting(KeepingConsumer):
    """A consumer that only waits."""

    def __init__(self):
        self.loop = asyncio.get_running_loop()
        self._stopped, self._crashed = asyncio.Event(), asyncio.Event()


def test_what_need_not_wait_is_handed_on_without_a_task():
    async def run():
        handed, tasks = [], len(asyncio.all_tasks())

        async def hand_on():
            handed.append(len(asyncio.all_tasks()) - tasks)

        await Waiting().wait_first(hand_on(), asyncio.Event().wait())
        return handed

    assert asyncio.run(run()) == [0]


def test_what_must_wait_for_room_goes_on_when_there_is_some():
    async def run():
        queue, over = asyncio.Queue(maxsize=1), asyncio.Event()
        queue.put_nowait("first")

        async def hand_on():
            await queue.put("second")
            await asyncio.sleep(0)
            await queue.put("third")

        waiting = asyncio.ensure_future(Waiting().wait_first(hand_on(), over.wait()))
        return [await queue.get() for _ in range(3)], (await waiting).stopped

    assert asyncio.run(run()) == (["first", "second", "third"], False)


def test_what_waits_for_room_is_given_up_when_the_flow_stops():
    async def run():
        queue, over, given_up = asyncio.Queue(maxsize=1), asyncio.Event(), []
        queue.put_nowait("first")

        async def hand_on():
            try:
                await queue.put("second")
            except asyncio.CancelledError:
                given_up.append(True)
                raise

        waiting = asyncio.ensure_future(Waiting().wait_first(hand_on(), over.wait()))
        await asyncio.sleep(0)
        over.set()
        await waiting
        await asyncio.sleep(0)
        return queue.qsize(), given_up

    assert asyncio.run(run()) == (1, [True])


def test_what_handing_on_raises_is_raised():
    async def hand_on():
        raise ZeroDivisionError

    async def run():
        await Waiting().wait_first(hand_on(), asyncio.Event().wait())

    with pytest.raises(ZeroDivisionError):
        asyncio.run(run())
