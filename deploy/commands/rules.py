"""Commands for the rules of alerts: list, set, delete and test."""

import getpass
import json
from datetime import UTC, datetime
from typing import Annotated

import typer

from deploy.commands.configured import load_settings

rules = typer.Typer(
    no_args_is_help=True,
    help="Rules of alerts: which incidents raise one. The console has a form for them too.\n\n"
    'Example of a rule, in JSON or TOML: {"name": "Iraq", "types": ["explosions"], "countries": ["IQ"], '
    '"figures": [{"what": "killed", "bound": "best", "value": 5}]}',
)
Author = Annotated[str, typer.Option(help="Who decides.", default_factory=getpass.getuser, show_default="your login")]
File = Annotated[str, typer.Argument(help="JSON or TOML file of one rule, or - for JSON on standard input.")]
AsJson = Annotated[bool, typer.Option("--json", help="Whole records, one JSON object a line.")]


def add_to(app: typer.Typer) -> None:
    """Add these commands to the command line."""
    app.add_typer(rules, name="rules")


@rules.command("list")
def list_rules(as_json: AsJson = False) -> None:
    """The rules there are, of tocsin.toml and written since.

    Example: `tocsin rules list --json`
    """
    from deploy.actions.rules import conditions, rules_in_force
    from schemas.codec import to_json

    for rule in rules_in_force(load_settings()):
        if as_json:
            print(json.dumps(to_json(rule), ensure_ascii=False))
        else:
            print(f"{rule.name:32} {'' if rule.enabled else 'off, '}{rule.level}: {conditions(rule)}")


@rules.command("set")
def set_rule(file: File, author: Author) -> None:
    """Write a rule, in the place of one of the same name; in force within a second.

    Example: `tocsin rules set iraq.toml`
    """
    from deploy.actions.rules import read_written, send

    rule = read_written(file, author=author, at=_now())
    send(load_settings(), rule)
    print(f"{rule.name} is {'in force' if rule.enabled else 'switched off'}")


@rules.command()
def delete(name: Annotated[str, typer.Argument(help="Name of the rule.")], author: Author) -> None:
    """Delete a rule, one of tocsin.toml too; its alerts are taken back as their incidents change.

    Example: `tocsin rules delete severity`
    """
    from deploy.actions.rules import delete as delete_rule

    print(f"{delete_rule(load_settings(), name, author=author, at=_now()).name} is deleted")


@rules.command("test")
def try_rule(
    file: Annotated[str, typer.Argument(help="File of a rule as for `set`, or the name of one there is.")],
    days: Annotated[int, typer.Option(min=1, max=3660, help="Days before the newest report.")] = 7,
    as_json: AsJson = False,
) -> None:
    """What a rule would have raised in the last days, each incident or feed as it stands now; nothing is saved.

    Examples: `tocsin rules test iraq.toml --days 30` and `tocsin rules test severity`
    """
    from deploy.actions.rules import read_written, rule_named, try_out

    settings = load_settings()
    written = file == "-" or file.endswith((".json", ".toml"))
    rule = read_written(file, author="", at=_now()) if written else rule_named(settings, file)
    found = try_out(settings, rule, days)
    if as_json:
        ids = [i.incident_id for i in found.met]
        told = {"looked_at": found.looked_at, "alerts": found.count, "levels": found.levels, "days": found.days}
        print(json.dumps(told | {"incidents": ids}))
        return
    levels = ", ".join(f"{n} {level}" for level, n in found.levels.items()) or "none"
    of = "feeds as they stand now" if rule.silence else f"incidents in the last {days} days of reports"
    print(f"{found.count} alerts ({levels}) of {found.looked_at} {of}")
    for day, count in found.days.items():
        print(f"  {day}  {count}")
    for incident in found.met:
        print(f"  {incident.incident_id[:8]}  severity {incident.severity}  {incident.title}")


def _now() -> datetime:
    return datetime.now(UTC)
