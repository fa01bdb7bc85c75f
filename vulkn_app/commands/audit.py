"""`vulkn audit`: whether the audit log is as it was written."""

from typing import Annotated

import typer

from vulkn_app import audit, organizations
from vulkn_app.audit import Verdict
from vulkn_app.commands.running import find_org, run, show

app = typer.Typer(help="The audit log.", no_args_is_help=True)


@app.callback()
def _group() -> None:
    """Keeps `verify` a sub-command although it is the only one."""


@app.command()
def verify(
    org: Annotated[str | None, typer.Option("--org", help="Only this organization's slug.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON for a program.")] = False,
) -> None:
    """Recompute the chain of hashes; exit 1 and the first broken row if it does not fit."""
    verdicts = run(_verify(org))
    broken = {slug: verdict for slug, verdict in verdicts.items() if verdict.broken}
    if as_json:
        show(
            [
                {"org": slug, "rows": verdict.rows, "head": verdict.head, "broken": verdict.broken}
                for slug, verdict in verdicts.items()
            ]
        )
    else:
        for slug, verdict in verdicts.items():
            if not verdict.broken:
                typer.echo(f"{slug}: {verdict.rows} rows, head {verdict.head or '-'}")
    for slug, verdict in broken.items():
        typer.echo(f"{slug}: the audit log is broken at row {verdict.broken}.", err=True)
    if broken:
        raise typer.Exit(1)


async def _verify(slug: str | None) -> dict[str, Verdict]:
    found = [(await find_org(slug), slug)] if slug else await organizations.list_all()
    return {slug: await audit.verify(org_id) for org_id, slug in found}
