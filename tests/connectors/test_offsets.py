"""A broker that does not know a partition yet is away for us, nothing worse."""

import pytest
from kafka import TopicPartition
from kafka.errors import KafkaError

from connectors.kafka.clients import KafkaConsumer


class HalfAnswer:
    """Stands for the fetcher, whose answer lacks a partition."""

    def end_offsets(self, partitions, timeout_ms=None):
        return {}[partitions[0]]

    beginning_offsets = end_offsets


@pytest.mark.parametrize("ask", ["end_offsets", "beginning_offsets"])
def test_an_answer_that_lacks_a_partition_is_an_error_of_kafka(ask):
    consumer = KafkaConsumer.__new__(KafkaConsumer)
    consumer._fetcher, consumer.config = HalfAnswer(), {"request_timeout_ms": 1}
    with pytest.raises(KafkaError, match="no broker answers"):
        getattr(consumer, ask)([TopicPartition("t", 0)])
