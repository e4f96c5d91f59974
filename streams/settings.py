"""All settings: `tocsin.toml` in the working directory, overridden by `TOCSIN_*` environment variables.

`TOCSIN_CLICKHOUSE_FILE` and the like name files that hold a setting, for secrets that are mounted.
The targets of alerts are described in `streams/notify_settings.py`.
"""

import json
import os
from pathlib import Path
from typing import Any, Literal, Self
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import (
    BaseSettings,
    InitSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from schemas.errors import Stop
from schemas.records import AlertRule
from schemas.transport.brokers import read_brokers
from schemas.transport.tokens import read_tokens
from streams.domain.alerting.rules import default_rules
from streams.notify_settings import TargetSettings, plain_targets, read_targets
from streams.rule_settings import read_rules

PREFIX = "TOCSIN_"
TARGETS = f"{PREFIX}NOTIFY__"
CENTURY = 36_500  # days: a time without an end, or nearly, has more milliseconds than a broker can count


class Settings(BaseSettings):
    """Settings of every process; unknown keys are errors."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, toml_file="tocsin.toml", extra="forbid", frozen=True, env_nested_delimiter="__"
    )

    kafka: str = Field(
        "127.0.0.1:9092",
        repr=False,
        description="Kafka bootstrap servers, host:port, comma separated; TLS, SASL: schemas/transport/brokers.py.",
    )
    partitions: int = Field(8, ge=1, le=1000, description="Partitions of every topic but those of the next two.")
    dedupe_partitions: int = Field(
        1, ge=1, le=1000, description="Partitions of what dedupe reads; several miss copies, see streams/README.md."
    )
    link_partitions: int = Field(
        1, ge=1, le=1000, description="Partitions of what link reads; several cost recall, see streams/README.md."
    )
    open_incidents: int = Field(
        50_000,
        ge=100,
        description="Incidents that link keeps open in each partition; each takes 15 to 40 kB of memory.",
    )
    batch_bytes: int = Field(
        1_000_000,
        ge=1,
        description="Largest record batch, below max.message.bytes; 1 for the embedded broker, whose offsets "
        "count batches.",
    )
    worker_processes: int = Field(
        0,
        ge=0,
        le=4,
        description="Processes for the stages on one machine: with fewer than stages some share one. 0: one for each "
        "stage. Unset: the same, but two under `tocsin up`.",
    )
    classify_workers: int = Field(
        1,
        ge=1,
        le=64,
        description="Processes that read articles, up to one for each core and partition; one where `classify` shares "
        "its process.",
    )
    replication: int = Field(
        0, ge=0, le=7, description="Replicas of every topic; 0: three on three brokers or more, else one on each."
    )
    topic_days: float = Field(
        7.0,
        gt=0,
        le=CENTURY,
        description="Days that topics keep articles, events and what is made of them; `setup` applies it.",
    )
    quarantine_days: float = Field(
        30.0, gt=0, le=CENTURY, description="Days that the topic of quarantine keeps its messages."
    )
    article_days: float = Field(
        0.0,
        ge=0,
        le=CENTURY,
        description="Days that tables keep articles, events, mentions and quarantine; 0 keeps them for good.",
    )
    incident_days: float = Field(
        0.0,
        ge=0,
        le=CENTURY,
        description="Days after their last change that tables and topics keep incidents, relations, alerts and triage; "
        "0 keeps them for good.",
    )
    clickhouse: SecretStr = Field(
        SecretStr("clickhouse://default@127.0.0.1:9000/tocsin"),
        description="clickhouse:// or clickhouses:// (TLS) for a server, with ?cluster=NAME for a cluster, "
        "http:// for an embedded engine's gateway.",
    )
    registry: str | None = Field(None, description="URL of a schema registry; without it the built-in ids hold.")
    data_dir: Path = Field(Path("var"), description="Folder for local state, logs and embedded data.")
    console_host: str = Field("127.0.0.1", description="Address the console listens on.")
    console_url: str = Field(
        "", description="Address under which people reach the console, for links in alerts; without it none."
    )
    console_token: SecretStr = Field(
        SecretStr(""),
        description="What requests to the console must carry, a token a line; needed to listen beyond loopback.",
    )
    console_port: int = Field(8710, ge=0, le=65535, description="Port of console and built-in schema registry.")
    gateway_port: int = Field(8723, ge=0, le=65535, description="Port of the embedded engine's read-only HTTP gateway.")
    broker_port: int = Field(8725, ge=0, le=65535, description="Port of the embedded broker; 0 takes a free one.")
    feeds: Path = Field(Path("feeds.toml"), description="Your list of feeds; where it is missing, the bundled one.")
    archive: Path | None = Field(None, description="Folder for pages as they came, in WARC files; without it none.")
    metrics_host: str = Field("127.0.0.1", description="Address that each process answers Prometheus on.")
    metrics_port: int | None = Field(
        None, ge=0, le=65535, description="Port for Prometheus at /metrics; 0 takes a free one, without it none."
    )
    traces: Literal["off", "console", "otlp"] = Field(
        "off", description="OpenTelemetry spans: to standard error, or to the collector of OTEL_EXPORTER_OTLP_ENDPOINT."
    )
    push_host: str = Field("127.0.0.1", description="Address that `tocsin push-server` listens on.")
    push_port: int = Field(8724, ge=0, le=65535, description="Port of `tocsin push-server`.")
    push_token: SecretStr = Field(
        SecretStr(""),
        description="What pushes must bear, a token a line, 16 characters or more; needed but on loopback.",
    )
    contact: str = Field("", description="Address or mail that servers of feeds are told, to write to about us.")
    allow_hosts: str = Field(
        "", description="Hosts and networks of feeds that may be private, comma separated; others must be public."
    )
    dedupe_window_hours: int = Field(72, ge=1, description="How long an article can find its copies, in event time.")
    sentence_encoder: bool = Field(
        True, description="Compare articles by meaning too; without it 150 MB less, and links by words and names alone."
    )
    invalid_share: float = Field(
        0.5, ge=0, le=1, description="A consumer stops when more of a partition's last 100 messages are invalid."
    )
    alert_severity: int = Field(
        3, ge=0, le=5, description="Least severity of the one rule there is where `rules` names none."
    )
    rules: list[dict[str, Any]] = Field(
        default_factory=list,
        description="Rules of alerts: tables [[rules]] with the fields of news.rule.v1.",
    )
    notify: dict[str, TargetSettings] = Field(
        default_factory=dict, description="Targets that alerts are taken to, by name; see streams/notify_settings.py."
    )

    @field_validator("notify", mode="before")
    @classmethod
    def targets(cls, value: Any) -> Any:
        """Targets as tables or JSON."""
        return read_targets(value)

    @model_validator(mode="after")
    def guarded(self) -> Self:
        """Beyond loopback the console needs a token, and a long one; incidents stay as long as their articles."""
        try:
            token = read_tokens(self.console_token.get_secret_value())
        except ValueError as error:
            raise ValueError(f"console_token: {error}") from None
        if self.console_host not in ("127.0.0.1", "::1", "localhost") and not token:
            raise ValueError("console_host is not a loopback address, so console_token must be set")
        if self.incident_days and not 0 < self.article_days <= self.incident_days:
            raise ValueError("incident_days needs article_days, and no more of them: articles tell of incidents")
        return self

    @field_validator("kafka")
    @classmethod
    def readable(cls, value: str) -> str:
        """Check that the clients can use the address."""
        if not read_brokers(value).servers:
            raise ValueError("no Kafka server is named")
        return value

    @field_validator("registry", "console_url")
    @classmethod
    def web_address(cls, value: str | None) -> str | None:
        """Check that it is the address of a web server, where one is given."""
        try:
            parts = urlsplit(value or "http://none")
            good = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
        except ValueError:
            good = False
        if not good:
            raise ValueError("a web address is http://host:port or https://host")
        return value

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Arguments win over the environment, the environment over the file."""
        del dotenv_settings, file_secret_settings
        if isinstance(init_settings, InitSettingsSource) and init_settings.init_kwargs.get("notify") == {}:
            init_settings.init_kwargs["notify"] = []  # an empty table would be filled from the others
        sources = [init_settings, env_settings, TomlConfigSettingsSource(settings_cls)]
        if _is_running(note := running_file()):
            sources.append(TomlConfigSettingsSource(settings_cls, note))
        return tuple(sources)

    @field_validator("rules")
    @classmethod
    def usable_rules(cls, value: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Rules that could hold."""
        read_rules(value)
        return value

    def base_rules(self) -> tuple[AlertRule, ...]:
        """The rules of the configuration; the default ones where it has none."""
        return read_rules(self.rules) or default_rules(self.alert_severity)

    def partitions_of(self, stage: str) -> int:
        """Partitions of what a stage reads, and of the changelog of its state."""
        return {"dedupe": self.dedupe_partitions, "link": self.link_partitions}.get(stage, self.partitions)

    def changed(self, **changes: object) -> "Settings":
        """These settings with some changed; those that nobody has set stay unset. Raises ValidationError."""
        chosen = {name: getattr(self, name) for name in self.model_fields_set}
        return type(self)(**chosen | changes)

    def environment(self) -> dict[str, str]:
        """These settings as environment variables, for child processes."""
        plain = {name: getattr(self, name) for name in type(self).model_fields}
        shown = {
            k: v.get_secret_value() if isinstance(v, SecretStr) else str(v) for k, v in plain.items() if v is not None
        }
        shown["notify"] = plain_targets(self.notify)
        shown["rules"] = json.dumps(self.rules)
        return {PREFIX + k.upper(): v for k, v in shown.items()}


def running_file() -> Path:
    """The file in which `tocsin up` notes its settings, so that other commands in the same folder find it."""
    return Path("var") / "run" / "running.toml"


def running_note(settings: Settings) -> str:
    """The text of that file: whose it is, and the addresses."""
    plain = {"kafka": settings.kafka, "clickhouse": settings.clickhouse.get_secret_value()}
    counts = ("partitions", "dedupe_partitions", "link_partitions")
    numbers = {name: getattr(settings, name) for name in ("console_port", "gateway_port", "batch_bytes", *counts)}
    lines = [f"{k} = {json.dumps(v)}" for k, v in (plain | numbers).items()]
    return "\n".join([f"# process {os.getpid()}", *lines, ""])


def _is_running(note: Path) -> bool:
    try:
        process = int(note.read_text(encoding="utf-8").split("\n", 1)[0].removeprefix("# process "))
        os.kill(process, 0)
    except (OSError, ValueError):
        return False
    return True


def _read(variable: str, path: str) -> str:
    """The text of a file that holds a setting, such as one that a container's secret is mounted at."""
    try:
        return Path(path).read_text(encoding="utf-8").strip()
    except OSError as error:
        raise Stop(f"{variable}: {path} cannot be read: {error.strerror}") from error


def secret_file(name: str) -> Path | None:
    """The file that a setting of this process comes from, None when it comes from elsewhere."""
    given = os.environ.get(f"{PREFIX}{name.upper()}_FILE")
    return Path(given) if given else None


def load_settings(**overrides: object) -> Settings:
    """Settings from file and environment. Raises Stop naming the key at fault."""
    known = {PREFIX + name.upper() for name in Settings.model_fields}
    in_files = {k: v for k, v in os.environ.items() if k.endswith("_FILE") and k.removesuffix("_FILE") in known}
    unknown = sorted(
        k for k in os.environ if k.startswith(PREFIX) and k not in known | in_files.keys() and not k.startswith(TARGETS)
    )
    if unknown:
        raise Stop(f"unknown setting in the environment: {', '.join(unknown)}; known are {', '.join(sorted(known))}")
    try:
        given: dict[str, object] = {k[len(PREFIX) : -len("_FILE")].lower(): _read(k, v) for k, v in in_files.items()}
        return Settings(**given | {k: v for k, v in overrides.items() if v is not None})  # type: ignore[arg-type]
    except ValidationError as error:
        faults = "; ".join(f"{'.'.join(map(str, e['loc'])) or 'settings'}: {e['msg']}" for e in error.errors())
        raise Stop(f"settings are not valid: {faults}") from error
    except ValueError as error:
        raise Stop(f"settings cannot be read, from tocsin.toml or the environment: {error}") from error
