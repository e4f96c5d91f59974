"""Telemetry of every process: metrics, one id per article in headers and logs, and optional traces."""
