"""Creates consumers that are members of a group, and retries while a service is away."""

import threading
from collections.abc import Callable

from tenacity import RetryCallState, Retrying, retry_if_exception_type, stop_when_event_set, wait_exponential_jitter
from tenacity.nap import sleep_using_event

from connectors.kafka.clients import KafkaConsumer
from schemas.transport.brokers import client_options


def member(bootstrap: str, group: str, **options: int) -> KafkaConsumer:
    """A consumer of the group, not yet subscribed, that commits only on request; the group drops a dead one after 6 s.

    `options` are more settings of the client.
    """
    return KafkaConsumer(
        **client_options(bootstrap),
        client_id=group,
        group_id=group,
        enable_auto_commit=False,
        auto_offset_reset="earliest",
        session_timeout_ms=6_000,
        heartbeat_interval_ms=2_000,
        max_poll_interval_ms=10_000,
        max_partition_fetch_bytes=4 * 2**20,
        metadata_max_age_ms=10_000,
        **options,
    )


def until_it_works(
    errors: type[Exception] | tuple[type[Exception], ...],
    over: threading.Event,
    note: Callable[[RetryCallState], None],
    *,
    first: float,
    longest: float,
    reraise: bool = False,
) -> Retrying:
    """Retries after these errors until `over` is set.

    Pauses grow from `first` to `longest` seconds, or are the error's own `pause`. When `over` is set
    before a success, raises RetryError, or the last error with `reraise`.
    """
    grows = wait_exponential_jitter(multiplier=first, max=longest, jitter=first)

    def wait(state: RetryCallState) -> float:
        failed = state.outcome.exception() if state.outcome else None
        return max(grows(state), getattr(failed, "pause", 0.0))

    return Retrying(
        retry=retry_if_exception_type(errors),
        wait=wait,
        stop=stop_when_event_set(over),
        sleep=sleep_using_event(over),
        before_sleep=note,
        reraise=reraise,
    )
