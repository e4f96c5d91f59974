"""Settings of the targets of alerts: tables `[notify.NAME]` of `tocsin.toml`.

The same in the environment: `TOCSIN_NOTIFY__NAME__URL=...`, or all at once as JSON in `TOCSIN_NOTIFY`, or in the file
that `TOCSIN_NOTIFY_FILE` names. Addresses are secrets, as most of them hold a token.
"""

import json
import re
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, SecretStr, model_validator
from pydantic_settings import NoDecode

from schemas.errors import Stop
from streams.domain.ontology.types import ontology

UNLIMITED = ("http://", "https://", "alertmanager+")  # programs, not people
NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
Reason = Literal["new", "escalated", "figures changed", "second origin", "merged", "retracted"]


def _listed(value: Any) -> Any:
    """A list may be given as words between commas, as the environment has no lists."""
    return [word.strip() for word in value.split(",") if word.strip()] if isinstance(value, str) else value


class TargetSettings(BaseModel):
    """One target, by its name in `notify`; unknown keys are errors."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    url: SecretStr = Field(
        SecretStr(""),
        description="https:// is a webhook, alertmanager+https:// an Alertmanager, all else one of Apprise.",
    )
    url_file: Path | None = Field(None, description="A file that holds the address, in place of it.")
    secret: SecretStr = Field(
        SecretStr(""),
        description="Signs webhooks, as standardwebhooks.com lays down; a line each for two.",
    )
    secret_file: Path | None = Field(None, description="A file that holds the secret, in place of it.")
    least_level: Literal["info", "warning", "critical"] = Field("info", description="Least level that is told.")
    least_severity: int = Field(0, ge=0, le=5, description="Least severity that is told.")
    families: Annotated[tuple[str, ...], NoDecode, BeforeValidator(_listed)] = Field(
        (), description="Families told; all if none."
    )
    countries: Annotated[tuple[str, ...], NoDecode, BeforeValidator(_listed)] = Field(
        (), description="Countries told, ISO 3166-1 alpha-2; all if none."
    )
    reasons: Annotated[tuple[Reason, ...], NoDecode, BeforeValidator(_listed)] = Field(
        (), description="Reasons told; all if none. That a told alert was merged or retracted is always told."
    )
    per_hour: int | None = Field(
        None, ge=0, description="Messages an hour, 0 without limit; 60 by default, for webhooks none."
    )
    after_minutes: float = Field(
        0.0, ge=0, description="Told only of what nobody has acknowledged so long after it was raised: escalation."
    )
    gather_minutes: float = Field(
        0.0, ge=0, description="Alerts wait so long for each other and go as one message: grouping, or a digest."
    )
    repeat_minutes: float = Field(
        0.0, ge=0, description="Told again after so long until somebody acknowledges it, twelve times at most."
    )
    timeout: float = Field(10.0, gt=0, le=60, description="Seconds that a webhook has for each step of an answer.")
    give_up_hours: float = Field(
        24.0, gt=0, description="An alert that the target has not taken after so long goes to quarantine."
    )

    @model_validator(mode="after")
    def usable(self) -> Self:
        """Check for exactly one address, and for known words."""
        if bool(self.url.get_secret_value()) == (self.url_file is not None):
            raise ValueError("give either url or url_file")
        if self.secret.get_secret_value() and self.secret_file is not None:
            raise ValueError("give either secret or secret_file")
        if self.families and (unknown := sorted(set(self.families) - set(ontology().families))):
            raise ValueError(f"no family {', '.join(unknown)}; there are {', '.join(ontology().families)}")
        if wrong := [c for c in self.countries if not re.fullmatch("[A-Z]{2}", c)]:
            raise ValueError(f"countries are two capital letters such as UA, not {', '.join(wrong)}")
        return self

    def address(self) -> str:
        """The address. Raises Stop when its file cannot be read."""
        return _secret(self.url, self.url_file)

    def key(self) -> str:
        """The secret, empty when there is none. Raises Stop when its file cannot be read."""
        return _secret(self.secret, self.secret_file)

    def limit(self) -> int | None:
        """Messages an hour, None without limit. Raises Stop as `address` does."""
        if self.per_hour is None:
            return None if self.address().lower().startswith(UNLIMITED) else 60
        return self.per_hour or None

    def plain(self) -> dict[str, Any]:
        """As JSON values, secrets included, for the environment of a child process."""
        values = self.model_dump(mode="json", exclude_defaults=True)
        shown = {"url": self.url.get_secret_value(), "secret": self.secret.get_secret_value()}
        return {name: shown.get(name, value) for name, value in values.items()}


def read_targets(value: Any) -> Any:
    """Before validation: JSON text as a table, nothing or an empty list as none. Raises ValueError when unusable."""
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except ValueError:
            raise ValueError("this is not JSON: write {name: {url: ...}}") from None
    if value in ([], None):
        return {}
    if isinstance(value, dict) and (wrong := [name for name in value if not NAME.fullmatch(str(name))]):
        raise ValueError(f"names of targets consist of a-z, 0-9 and -, not {', '.join(map(str, wrong))}")
    return value


def plain_targets(targets: dict[str, TargetSettings]) -> str:
    """All targets for the environment. None is an empty list: an empty table would be filled from `tocsin.toml`."""
    return json.dumps({name: target.plain() for name, target in targets.items()} or [])


def _secret(given: SecretStr, file: Path | None) -> str:
    if file is None:
        return given.get_secret_value()
    try:
        return file.read_text(encoding="utf-8").strip()
    except OSError as error:
        raise Stop(f"{file} cannot be read: {error.strerror}") from error
