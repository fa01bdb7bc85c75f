"""`vulkn kb`: knowledge from the shell."""

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from vulkn_app.commands.running import fail, find_org, run, show
from vulkn_app.i18n import LANGUAGES, Language, t
from vulkn_app.knowledge import exports, imports, search
from vulkn_app.knowledge.formats import File
from vulkn_app.knowledge.imports import Plan, State
from vulkn_app.knowledge.index import Hit
from vulkn_app.knowledge.words import guess_language
from vulkn_app.landing.about import knowledge
from vulkn_app.landing.plans import price_list

app = typer.Typer(help="What an organization knows: import, export, search.", no_args_is_help=True)

Slug = Annotated[str, typer.Option("--org", help="The organization's slug.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for a program.")]


@app.command("import")
def import_(
    org: Slug,
    files: Annotated[
        list[Path],
        typer.Argument(
            exists=True,
            dir_okay=False,
            help="PDF, DOCX, XLSX, CSV, HTML, Markdown, TXT, JSONL, WhatsApp chats.",
        ),
    ],
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would happen, change nothing.")
    ] = False,
    language: Annotated[str | None, typer.Option(help="es or en, for texts whose file does not say.")] = None,
    as_json: AsJson = False,
) -> None:
    """Import knowledge. The same file again changes nothing; a row that cannot be read does not stop the rest."""
    if language not in (None, "es", "en"):
        raise typer.BadParameter("es or en", param_hint="--language")
    read = [File(file.name, file.read_bytes()) for file in files]
    planned, changed, too_many = run(_import(org, read, dry_run=dry_run, language=language))
    if as_json:
        show(_summary(planned, changed, dry_run=dry_run) | {"too_many": too_many})
    else:
        _tell(planned, changed, dry_run=dry_run)
    if too_many:
        fail(f"The plan has no room for {too_many} of them; nothing would be imported.")
    unread = [row.file for row in planned.rows if row.state is State.ERROR and row.line == 0]
    if unread:
        fail(f"{', '.join(unread)} could not be read.")
    if planned.rows and planned.count(State.ERROR) == len(planned.rows):
        fail("No row could be read.")


@app.command()
def about() -> None:
    """Print what VULKN's own agent knows, at today's prices, as JSON lines to import with --org vulkn."""
    plans = run(price_list())
    typer.echo("".join(knowledge(language, plans) for language in LANGUAGES), nl=False)


@app.command()
def export(
    org: Slug,
    file: Annotated[Path, typer.Argument(dir_okay=False, help="Ends in .csv, .jsonl or .md.")],
) -> None:
    """Export all knowledge to a file that `kb import` reads back."""
    if file.suffix.lower() not in exports.ENDINGS:
        raise typer.BadParameter(f"must end in {', '.join(exports.ENDINGS)}", param_hint="FILE")
    content = run(_export(org, file.name))
    try:
        file.write_bytes(content)
    except OSError as problem:
        fail(f"{file} cannot be written: {problem.strerror}.")


@app.command("search")
def search_(
    org: Slug,
    question: Annotated[str | None, typer.Argument(help="As a customer would ask it.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=100)] = 5,
    questions: Annotated[
        Path | None,
        typer.Option(exists=True, dir_okay=False, help='A file with one {"id", "question"} a line.'),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Search as the agent does, best entry first."""
    if (question is None) == (questions is None):
        raise typer.BadParameter("give a QUESTION or --questions FILE, one of the two")
    asked = _read_questions(questions) if questions else [(None, question or "")]
    found = run(_search(org, [text for _, text in asked], limit))
    for (number, _), hits in zip(asked, found, strict=True):
        if questions:
            show({"id": number, "hits": [hit._asdict() for hit in hits]})
        elif as_json:
            show([hit._asdict() for hit in hits])
        else:
            _tell_hits(hits)


async def _import(
    slug: str, files: list[File], *, dry_run: bool, language: Language | None
) -> tuple[Plan, int, int]:
    """What it does, how many entries changed, and of a dry run how many are more than the plan allows."""
    org_id = await find_org(slug)

    def detect(text: str) -> Language:
        return language or guess_language(text)

    planned = await imports.plan_as_operator(org_id, files, detect=detect)
    if dry_run:
        return planned, 0, await imports.too_many(org_id, planned)
    return planned, await imports.apply_as_operator(org_id, planned), 0


async def _export(slug: str, name: str) -> bytes:
    return await exports.export_as_operator(await find_org(slug), name)


async def _search(slug: str, questions: list[str], limit: int) -> list[list[Hit]]:
    knowledge = await search.read_as_operator(await find_org(slug))
    return [await knowledge.find(text, limit=limit, language=guess_language(text)) for text in questions]


def _read_questions(file: Path) -> list[tuple[Any, str]]:
    asked = []
    for number, line in enumerate(file.read_text(encoding="utf-8-sig").split("\n"), start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
            asked.append((row["id"], str(row["question"])))
        except (ValueError, KeyError, TypeError):
            fail(f'{file} line {number} is not a JSON object with "id" and "question".')
    return asked


def _summary(planned: Plan, changed: int, *, dry_run: bool) -> dict[str, Any]:
    rows = [
        {"file": row.file, "line": row.line, "state": row.state, "title": row.title, "problem": row.problem}
        for row in planned.rows
    ]
    counts = {state.value: planned.count(state) for state in State}
    return {"dry_run": dry_run, "changes": changed, **counts, "rows": rows}


def _tell(planned: Plan, changed: int, *, dry_run: bool) -> None:
    for row in planned.rows:
        if dry_run or row.problem:
            why = f": {t(f'imports.{row.problem}', 'en')}" if row.problem else ""
            typer.echo(f"{row.state:9} {row.file}:{row.line} {row.title}{why}", err=bool(row.problem))
    counts = ", ".join(f"{planned.count(state)} {state}" for state in State)
    typer.echo(f"{counts}. {'Nothing was changed (dry run)' if dry_run else f'{changed} entries changed'}.")


def _tell_hits(hits: list[Hit]) -> None:
    if not hits:
        typer.echo("Nothing found.")
    for hit in hits:
        mark = " " if hit.answerable else "?"
        typer.echo(
            f"{hit.score:.2f}{mark} [{hit.language}] {hit.title}\n       {' '.join(hit.text.split())[:200]}"
        )
