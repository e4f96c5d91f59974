"""Metrics of a process on a port, spans to a collector."""

import atexit
import sys
from typing import TYPE_CHECKING

from schemas.errors import Stop
from schemas.telemetry import traces
from schemas.telemetry.metrics import serve
from streams.settings import Settings

if TYPE_CHECKING:
    from opentelemetry.sdk.trace.export import SpanExporter


def serve_telemetry(settings: Settings, part: str) -> None:
    """Serve metrics and send spans where the settings ask for it. Raises Stop: port taken, or package missing."""
    if settings.metrics_port is not None:
        try:
            serve(settings.metrics_host, settings.metrics_port, settings.data_dir, part)
        except OSError as error:
            raise Stop(f"metrics_port {settings.metrics_port} cannot be opened: {error.strerror}") from error
    if settings.traces != "off":
        provider = traces.begin(_exporter(settings.traces), f"tocsin {part}")
        atexit.register(provider.shutdown)


def _exporter(kind: str) -> "SpanExporter":
    try:
        if kind == "console":
            from opentelemetry.sdk.trace.export import ConsoleSpanExporter  # noqa: PLC0415 - an extra

            return ConsoleSpanExporter(out=sys.stderr, formatter=lambda span: span.to_json(indent=None) + "\n")
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter  # noqa: PLC0415 - an extra
    except ImportError as error:
        raise Stop("traces need pip install 'tocsin[otel]', to a collector opentelemetry-exporter-otlp too") from error
    return OTLPSpanExporter()  # type: ignore[no-any-return,unused-ignore]  # not installed here
