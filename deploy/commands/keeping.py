"""Commands of the second day: forget an article."""

from typing import Annotated

import typer

from deploy.commands.configured import load_settings


def add_to(app: typer.Typer) -> None:
    """Add these commands to the command line."""
    app.command()(forget)


def forget(
    url: Annotated[str, typer.Argument(help="The article's address.", show_default=False)],
    yes: Annotated[bool, typer.Option("--yes", help="Do it; without, only say what would be done.")] = False,
    embedded: Annotated[
        bool, typer.Option("--embedded", help="In the data folder of a `tocsin up` that is stopped.")
    ] = False,
) -> None:
    """Remove an article's text everywhere; the figures of its incidents stay. Stop the workers before `--yes`.

    Example: `tocsin forget https://example.org/flood`, then, when it is the right one,
    `tocsin forget https://example.org/flood --yes`
    """
    from deploy.actions.forgetting import forget_here

    for line in forget_here(load_settings(), url, yes=yes, embedded=embedded).lines(done=yes):
        print(line)
    if not yes:
        print("nothing was changed; add --yes to do it")
