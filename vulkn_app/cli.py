"""The command line. Each command imports what it needs when it runs, so that `--help` is quick."""

import sys
from importlib import import_module
from pathlib import Path
from typing import Annotated, NoReturn

import typer

app = typer.Typer(
    help="VULKN: agents that answer a small business's customers.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)

# Groups of commands: the `app` of vulkn_app/commands/NAME.py. A new one is one line.
GROUPS = {
    "org": "Organizations: create, export, purge.",
    "kb": "What an organization knows: import, export, search.",
    "admin": "Platform administrators.",
    "audit": "The audit log.",
}
EVERYTHING = {"allow_extra_args": True, "ignore_unknown_options": True}


@app.command()
def up(
    port: Annotated[int, typer.Option(min=1, max=65535)] = 8000,
    host: Annotated[str, typer.Option(help="The address to listen on.")] = "127.0.0.1",
    data: Annotated[Path | None, typer.Option(help="The data folder, instead of .vulkn.")] = None,
    demo: Annotated[bool, typer.Option("--demo/--no-demo", help="Found a fictional business.")] = True,
) -> None:
    """Set up everything on first call, then serve dashboard, widget and API on one port."""
    from vulkn_app.local import up as stack
    from vulkn_app.local.failure import StackFailed
    from vulkn_app.migrate import MigrationFailed
    from vulkn_app.settings import settings

    wanted = stack.Wanted(host=host, port=port, data=data or settings.vulkn_data_dir, demo=demo)
    try:
        stack.main(wanted)
    except (StackFailed, MigrationFailed) as failure:
        _fail(str(failure))


@app.command(context_settings=EVERYTHING, add_help_option=False)
def test(context: typer.Context) -> None:
    """Set up what the tests need and run them; arguments go to pytest."""
    from vulkn_app.local import checks

    raise typer.Exit(checks.test(context.args))


@app.command()
def check() -> None:
    """Formatting, lint, types, architecture rules."""
    from vulkn_app.local import checks

    raise typer.Exit(checks.check())


@app.command()
def serve(
    port: Annotated[int, typer.Option(min=1, max=65535)] = 8000,
    host: Annotated[str, typer.Option(help="The address to listen on.")] = "0.0.0.0",
) -> None:
    """The web process of a deployment: everything it needs is in the environment."""
    from vulkn_app.commands.production import serve as run
    from vulkn_app.local.failure import StackFailed

    try:
        run(host, port)
    except StackFailed as failure:
        _fail(str(failure))


@app.command()
def worker() -> None:
    """The job worker of a deployment."""
    from vulkn_app.commands.production import work
    from vulkn_app.local.failure import StackFailed

    try:
        work()
    except StackFailed as failure:
        _fail(str(failure))


@app.command()
def migrate() -> None:
    """Apply supabase/migrations to DATABASE_URL, as `supabase db push` does."""
    import asyncio

    from vulkn_app.local import environment
    from vulkn_app.local.failure import StackFailed
    from vulkn_app.migrate import MigrationFailed
    from vulkn_app.migrate import migrate as apply
    from vulkn_app.settings import settings

    try:
        if not settings.database_url:
            environment.ensure()
        if not settings.database_url or not settings.vulkn_secret_key:
            _fail("VULKN_SECRET_KEY is not set: the passwords of the login roles are made from it.")
        done = asyncio.run(
            apply(settings.database_url, secret_key=settings.vulkn_secret_key.get_secret_value())
        )
    except (StackFailed, MigrationFailed) as failure:
        _fail(str(failure))
    typer.echo("\n".join(done) if done else "Nothing to apply.")


@app.command()
def doctor(
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON for a program.")] = False,
) -> None:
    """What is configured, what answers, and how to mend what does not. Exit 1 if something must be mended."""
    from vulkn_app import doctor as examination

    raise typer.Exit(examination.main(as_json=as_json))


@app.command()
def pictures() -> None:
    """Take the landing page's pictures anew: of the product, with its demo business, by Chromium."""
    import json
    from importlib import import_module

    typer.echo(json.dumps(import_module("tests.e2e.landing_pictures").run(), indent=2))


@app.command()
def bench(
    name: Annotated[str, typer.Argument(help="turn, engine, landing, or quality-language, -dates, -booking")],
    data: Annotated[Path | None, typer.Option(help="folder with the labelled rows of quality-NAME")] = None,
    predictions: Annotated[Path | None, typer.Option(help="where to write one prediction a row")] = None,
) -> None:
    """Measure on this machine; prints one JSON object."""
    from vulkn_app.commands.bench import bench as measure

    measure(name, data, predictions)


def main() -> None:
    asked = next((word for word in sys.argv[1:] if not word.startswith("-")), "")
    for name, about in GROUPS.items():
        known = import_module(f"vulkn_app.commands.{name}").app if name == asked else typer.Typer(help=about)
        app.add_typer(known, name=name)
    app(prog_name="vulkn")


def _fail(words: str) -> NoReturn:
    typer.echo(words, err=True)
    raise typer.Exit(1)


if __name__ == "__main__":
    main()
