"""`vulkn admin`: who runs the platform."""

from collections.abc import Callable, Coroutine
from typing import Annotated, Any

import typer

from vulkn_app.administrators import people
from vulkn_app.commands.running import CommandFailed, run, show
from vulkn_app.errors import NotFound

app = typer.Typer(help="Platform administrators.", no_args_is_help=True)


@app.command()
def grant(email: str) -> None:
    """Make a person a platform administrator. They must have signed up before."""
    run(_known(people.grant, email, f"Nobody signed up as {email}."))
    typer.echo(f"{email} is a platform administrator.")


@app.command()
def revoke(email: str) -> None:
    """Take it back, at once: what they have open in a client's organization ends."""
    run(_known(people.revoke, email, f"{email} is no platform administrator."))
    typer.echo(f"{email} is no platform administrator any more.")


@app.command("list")
def list_(
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON for a program.")] = False,
) -> None:
    """Who is one, and whether they have enrolled their second factor."""
    found = run(people.everybody())
    if as_json:
        show([row.model_dump() for row in found])
        return
    for row in found:
        typer.echo(
            f"{row.email}  since {row.granted_at:%Y-%m-%d}  {'' if row.factor else 'no '}second factor"
        )
    if not found:
        typer.echo("Nobody. `vulkn admin grant EMAIL` makes the first one.")


@app.command()
def reset_factor(email: str) -> None:
    """Forget the authenticator of somebody who lost it; the next entry to /admin enrols another one."""
    run(_known(people.reset_factor, email, f"{email} is no platform administrator."))
    typer.echo(f"{email} enrols a new authenticator at the next entry to /admin.")


async def _known(change: Callable[[str], Coroutine[Any, Any, None]], email: str, otherwise: str) -> None:
    try:
        await change(email)
    except NotFound:
        raise CommandFailed(otherwise) from None
