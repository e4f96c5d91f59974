"""The partitions of a consumer without a group."""

import asyncio

from aiokafka import TopicPartition

from streams.kafka.tolerant_headers import AIOKafkaConsumer


async def assigned(consumer: AIOKafkaConsumer) -> set[TopicPartition]:
    """All partitions of the topics that the consumer has subscribed to, as soon as they are known."""
    while True:
        if partitions := consumer.assignment():
            return set(partitions)
        await asyncio.sleep(0.1)
