"""Spreadsheets (XLSX, XLS, ODS): every sheet as a table."""

import datetime
import io
from collections.abc import Iterator
from typing import Any

import python_calamine

from vulkn_app.knowledge.drafts import Draft
from vulkn_app.knowledge.sources.archive import Archive
from vulkn_app.knowledge.sources.faults import Unreadable
from vulkn_app.knowledge.tables import MOST_COLUMNS, table_drafts

MOST_ROWS = 50_000


def drafts(content: bytes, name: str) -> Iterator[Draft]:
    if content.startswith(b"PK"):
        Archive(content)  # refuses bombs before anything is unpacked
    try:
        book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
        for number, sheet in enumerate(book.sheets_metadata):
            if sheet.visible == python_calamine.SheetVisibleEnum.Visible:
                yield from table_drafts(_rows(book.get_sheet_by_index(number)), name)
    except python_calamine.PasswordError as problem:
        raise Unreadable("encrypted") from problem
    except (python_calamine.CalamineError, ValueError, OSError) as problem:
        raise Unreadable("broken") from problem


def _rows(sheet: Any) -> Iterator[tuple[int, list[str] | str]]:
    first = (sheet.start or (0, 0))[0]
    for line, row in enumerate(sheet.iter_rows(), start=first + 1):
        if line > MOST_ROWS:
            return
        yield line, [_cell(value) for value in row[:MOST_COLUMNS]]


def _cell(value: object) -> str:
    """As a person reads it: every number arrives as a float, every day as a midnight."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else f"{value:.10g}"
    if isinstance(value, datetime.datetime):
        return (
            value.date().isoformat() if value.time() == datetime.time() else value.strftime("%Y-%m-%d %H:%M")
        )
    if isinstance(value, datetime.time):
        return value.strftime("%H:%M")
    return str(value)
