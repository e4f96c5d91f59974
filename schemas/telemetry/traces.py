"""OpenTelemetry spans, one for each step of an article, joined through the headers of its messages.

Off unless `begin` was called, which needs the extra `otel`; the ids travel in headers either way.
"""

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from schemas.errors import Stop
from schemas.telemetry.headers import TRACE, TraceContext

if TYPE_CHECKING:
    from opentelemetry.sdk.trace.export import SpanExporter

_tracer: Any = None


def begin(exporter: "SpanExporter", service: str) -> Any:
    """Send spans to an exporter from now on; returns the provider, whose `shutdown` sends the last ones."""
    global _tracer  # noqa: PLW0603 - one process has one tracer, as OpenTelemetry's own global
    try:
        from opentelemetry.sdk.resources import Resource  # noqa: PLC0415 - an extra
        from opentelemetry.sdk.trace import TracerProvider  # noqa: PLC0415 - likewise
        from opentelemetry.sdk.trace.export import BatchSpanProcessor  # noqa: PLC0415 - likewise
    except ImportError as error:
        raise Stop("traces need OpenTelemetry's SDK: pip install 'tocsin[otel]'") from error
    provider = TracerProvider(resource=Resource.create({"service.name": service}))
    provider.add_span_processor(BatchSpanProcessor(exporter))
    _tracer = provider.get_tracer("tocsin")
    return provider


def end() -> None:
    """Send no more spans."""
    global _tracer  # noqa: PLW0603 - as in `begin`
    _tracer = None


@contextmanager
def span(name: str, came: TraceContext, attributes: Mapping[str, str] | None = None) -> Iterator[TraceContext]:
    """A span around one step of a record that came with the context `came`; yields the context for its outputs."""
    if _tracer is None:
        yield came
        return
    from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator  # noqa: PLC0415 - an extra

    carrier = {TRACE: dict(came.headers())[TRACE].decode()}
    context = TraceContextTextMapPropagator().extract(carrier)
    with _tracer.start_as_current_span(
        name, context=context, attributes=dict(attributes or {}), start_time=time.time_ns()
    ) as current:
        yield came.by(f"{current.get_span_context().span_id:016x}")
