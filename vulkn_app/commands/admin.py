"""`vulkn admin`: who runs the platform."""

import typer

from vulkn_app import organizations
from vulkn_app.commands.running import CommandFailed, run
from vulkn_app.errors import NotFound

app = typer.Typer(help="Platform administrators.", no_args_is_help=True)


@app.callback()
def _group() -> None:
    """Keeps `grant` a sub-command although it is the only one."""


@app.command()
def grant(email: str) -> None:
    """Make a person a platform administrator. They must have signed up before."""
    run(_grant(email))
    typer.echo(f"{email} is a platform administrator.")


async def _grant(email: str) -> None:
    try:
        await organizations.grant_admin(email)
    except NotFound:
        raise CommandFailed(f"Nobody signed up as {email}.") from None
