"""`vulkn org`: organizations from the shell."""

import re
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from vulkn_app import organizations
from vulkn_app.commands.running import fail, find_org, run, show

app = typer.Typer(help="Organizations: create, export, purge.", no_args_is_help=True)

SLUG = re.compile(r"[a-z0-9][a-z0-9-]{1,38}[a-z0-9]")


@app.command()
def create(
    name: Annotated[str, typer.Option(help="As customers know it.")],
    slug: Annotated[str, typer.Option(help="3 to 40 of a-z, 0-9 and hyphens: the name in addresses.")],
    owner_email: Annotated[str, typer.Option(help="Who is invited to own it.")],
) -> None:
    """Make an organization; prints its id, slug, embed code and the owner's invitation as JSON."""
    if not SLUG.fullmatch(slug):
        raise typer.BadParameter("3 to 40 of a-z, 0-9 and hyphens", param_hint="--slug")
    show(asdict(run(organizations.provision(name, slug, owner_email))))


@app.command()
def export(slug: str, file: Annotated[Path, typer.Argument(dir_okay=False)]) -> None:
    """Write everything of an organization into a ZIP, one JSONL a table."""
    try:
        counts = run(_export(slug, file))
    except OSError as problem:
        fail(f"{file} cannot be written: {problem.strerror}.")
    typer.echo(f"{sum(counts.values())} rows of {len(counts)} tables in {file}.")


@app.command()
def purge(
    slug: str,
    yes: Annotated[bool, typer.Option("--yes", help="Really delete; there is no way back.")] = False,
) -> None:
    """Delete an organization and everything of it. There is no way back."""
    if not yes:
        fail(f"This deletes {slug} and everything of it for good; say --yes to do it.")
    counts = run(_purge(slug))
    typer.echo(f"{slug} is gone, with {sum(counts.values())} rows.")


async def _export(slug: str, file: Path) -> dict[str, int]:
    return await organizations.export(await find_org(slug), file)


async def _purge(slug: str) -> dict[str, int]:
    return await organizations.purge(await find_org(slug))
