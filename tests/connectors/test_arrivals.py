"""When messages entered Kafka, by clocks that jump."""

from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kafka import TopicPartition
from kafka.structs import OffsetAndMetadata

from connectors.load.arrivals import Arrivals

PLACE, OTHER = TopicPartition("news.incident.v1", 0), TopicPartition("news.incident.v1", 1)
TIMES = st.lists(st.integers(-1, 10**13), min_size=1, max_size=20)


@dataclass
class Group:
    """Remembers what was committed last."""

    told: dict = field(default_factory=dict)

    def committed(self, place, metadata):
        assert metadata
        return self.told.get(place)


@given(TIMES, st.data())
def test_no_message_enters_before_the_one_ahead_of_it_whoever_reads_it(times, data):
    group = Group()
    alone = Arrivals(Group())
    whole = [alone.at(PLACE, time) for time in times]
    assert whole == [max(0, *times[: n + 1]) for n in range(len(times))]
    reader, parted = Arrivals(group), []
    for number, time in enumerate(times):
        parted.append(reader.at(PLACE, time))
        if data.draw(st.booleans()):
            group.told[PLACE] = OffsetAndMetadata(number + 1, str(parted[-1]), -1)
            reader = Arrivals(group)
    assert parted == whole


@pytest.mark.parametrize("words", ["", "of another program", None])  # the embedded broker has None
def test_partitions_have_their_own_moments_and_other_commits_none(words):
    group = Group({OTHER: OffsetAndMetadata(7, words, -1)})
    arrivals = Arrivals(group)
    assert (arrivals.at(PLACE, 2000), arrivals.at(OTHER, 1000)) == (2000, 1000)


def test_a_partition_that_comes_back_is_asked_for_again():
    group = Group()
    arrivals = Arrivals(group)
    assert arrivals.at(PLACE, 1000) == 1000
    group.told[PLACE] = OffsetAndMetadata(9, "5000", -1)  # another loader has read on
    assert arrivals.at(PLACE, 1001) == 1001
    arrivals.on_partitions_revoked({PLACE})
    arrivals.on_partitions_assigned({PLACE})
    assert arrivals.at(PLACE, 1002) == 5000
