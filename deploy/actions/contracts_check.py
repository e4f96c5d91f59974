"""Checks that our contracts are valid and compatible with those of a registry or an earlier installation."""

from collections.abc import Mapping
from pathlib import Path

import httpx

from schemas.compatibility import UnreadableSchema, conflicts, parse
from schemas.contracts import contracts
from schemas.errors import Stop
from schemas.transport.registry import held_schemas
from streams.settings import Settings

Held = Mapping[tuple[str, int], str]  # schemas by (subject, version)


def check_contracts(settings: Settings) -> str:
    """The findings in words. Raises Stop that names the field at fault, or the registry that is away."""
    for contract in contracts():
        try:
            parse(contract.text)
        except UnreadableSchema as error:
            raise Stop(f"{contract.topic} revision {contract.revision} is {error}") from error
    held = {f"the installation before, {_folder(settings)}": _kept(settings)}
    if settings.registry:
        try:
            held[f"the registry at {settings.registry}"] = held_schemas(settings.registry)
        except httpx.HTTPError as error:
            raise Stop(f"the registry at {settings.registry} does not return its schemas: {error!r}") from error
    for where, schemas in held.items():
        if faults := incompatible(schemas):
            raise Stop(f"{where} holds schemas that do not fit: {'; '.join(faults)}; "
                       "a breaking change is a new topic, see schemas/README.md")  # fmt: skip
    told = " and ".join(f"{len(schemas)} of {where}" for where, schemas in held.items() if schemas)
    return f"{len(contracts())} contracts parsed" + (f", read both ways with {told}" if told else "")


def incompatible(held: Held) -> list[str]:
    """Schemas in `held` that are incompatible with ours, each with the field; other subjects are skipped."""
    faults = []
    for (subject, version), text in sorted(held.items()):
        for contract in contracts():
            if contract.subject == subject:
                try:
                    found = conflicts(contract.text, text)
                except UnreadableSchema as error:
                    found = [str(error)]
                faults += [f"{subject} version {version} and our revision {contract.revision}: {why}" for why in found]
    return faults


def keep_contracts(settings: Settings) -> None:
    """Store our contracts for the check by the next version."""
    for contract in contracts():
        path = _folder(settings) / contract.subject / f"{contract.revision}.avsc"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(contract.text, encoding="utf-8")


def _folder(settings: Settings) -> Path:
    return settings.data_dir.resolve() / "contracts"


def _kept(settings: Settings) -> Held:
    return {
        (path.parent.name, int(path.stem)): path.read_text(encoding="utf-8")
        for path in sorted(_folder(settings).glob("*/*.avsc"))
        if path.stem.isdigit()
    }
