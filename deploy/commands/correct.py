"""Commands by which a person corrects incidents: merge, split, edit, acknowledge, undo and list."""

import getpass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from deploy.commands.configured import load_settings

if TYPE_CHECKING:
    from schemas.records import Correction

correct = typer.Typer(
    no_args_is_help=True,
    help="Correct incidents: a person's decision wins over the model and survives replay. Six digits of an id do.\n\n"
    "Examples: `tocsin correct merge 3f9a61c2 b07e44d1 --reason 'the same fire'`, "
    "`tocsin correct edit b07e44d1 severity=4`, `tocsin correct undo 91d0c7e2`",
)
Author = Annotated[str, typer.Option(help="Who decides.", default_factory=getpass.getuser, show_default="your login")]
Why = Annotated[str, typer.Option("--reason", help="Why; stands in the incident's history.")]
Id = Annotated[str, typer.Argument(help="An incident's id.", show_default=False)]


def add_to(app: typer.Typer) -> None:
    """Add these commands to the command line."""
    app.add_typer(correct, name="correct")


@correct.command()
def merge(incident: Id, into: Annotated[str, typer.Argument(help="The incident that lives on.", show_default=False)],
          author: Author, reason: Why = "") -> None:  # fmt: skip
    """Two incidents are one.

    Example: `tocsin correct merge 3f9a61c2 b07e44d1 --reason "the same fire"`
    """
    _send("merge", incident, author, reason, other=into)


@correct.command()
def split(
    incident: Id,
    author: Author,
    mentions: Annotated[list[str] | None, typer.Argument(help="Ids of the mentions to take out.")] = None,
    merged: Annotated[str | None, typer.Option("--from", help="All that came from this incident.")] = None,
    reason: Why = "",
) -> None:
    """One incident is two: take mentions out, or undo a merge of the model's.

    Examples: `tocsin correct split b07e44d1 --from 3f9a61c2`, and with mentions of
    `tocsin sql "SELECT mention_id, title FROM incident_mention WHERE incident_id LIKE 'b07e44d1%'"`:
    `tocsin correct split b07e44d1 5c1f... 77aa... --reason "another village"`
    """
    _send("split", incident, author, reason, other=merged, mention_ids=tuple(mentions or ()))


@correct.command()
def edit(
    incident: Id,
    author: Author,
    fields: Annotated[list[str], typer.Argument(help="FIELD=VALUE, as JSON or bare words; FIELD= takes an edit back.")],
    reason: Why = "",
) -> None:
    """Set fields of an incident: title, summary, family, subtype, place, time, severity, status, role.

    Examples: `tocsin correct edit b07e44d1 severity=4 'title=Quake in Talca'`,
    `tocsin correct edit b07e44d1 'place={"name": "Talca", "country": "CL", "lat": -35.43, "lon": -71.66}'`
    """
    from deploy.actions.correct import field_value

    _send("edit", incident, author, reason, fields=tuple(map(field_value, fields)))


@correct.command()
def acknowledge(incident: Id, author: Author, reason: Why = "") -> None:
    """Note that somebody has seen it.

    Example: `tocsin correct acknowledge b07e44d1 --reason "desk informed"`
    """
    _send("acknowledge", incident, author, reason)


@correct.command()
def undo(correction: Annotated[str, typer.Argument(help="A correction's id.", show_default=False)],
         author: Author, reason: Why = "") -> None:  # fmt: skip
    """Take a correction back by its opposite.

    Example: `tocsin correct undo 91d0c7e2`
    """
    from deploy.actions.correct import undo as take_back

    _tell(take_back(load_settings(), correction, author=author, reason=reason, at=datetime.now(UTC)))


@correct.command("list")
def list_them() -> None:
    """Every correction, oldest first, a line each."""
    from deploy.actions.correct import describe_correction, read_known

    for one in sorted(read_known(load_settings().kafka).corrections.values(), key=lambda c: c.at):
        print(describe_correction(one))


def _send(action: str, incident: str, author: str, reason: str, **more: object) -> None:
    from deploy.actions.correct import send
    from streams.decisions import Decision

    wanted = Decision(action, incident, **more)  # type: ignore[arg-type] # as the commands above pass them
    _tell(send(load_settings(), wanted, author=author, reason=reason, at=datetime.now(UTC)))


def _tell(sent: "Correction") -> None:
    from deploy.actions.correct import describe_correction

    print(describe_correction(sent))
    print(f"take it back: tocsin correct undo {sent.correction_id[:8]}")
