"""Documents made by hand, whole or broken, so that no test needs an office."""

import io
import zipfile
from collections.abc import Iterable, Sequence

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
REL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"


def zipped(**parts: bytes | str) -> bytes:
    """`__` in a name is a slash, and the last `_` its dot."""
    return packed({".".join(name.replace("__", "/").rsplit("_", 1)): part for name, part in parts.items()})


def packed(parts: dict[str, bytes | str]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    return out.getvalue()


def lying(parts: dict[str, bytes | str]) -> bytes:
    """Packed, and every header says that ten bytes come out."""
    content = bytearray(packed(parts))
    for mark, size_at in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        place = content.find(mark)
        while place >= 0:
            content[place + size_at : place + size_at + 4] = (10).to_bytes(4, "little")
            place = content.find(mark, place + 4)
    return bytes(content)


def docx(body: str, *, head: str = "", styles: str = "") -> bytes:
    """`body` is WordprocessingML; style "Ttulo1" is a heading, as a Spanish Word names it."""
    styles = (
        f'<w:styles {W}><w:style w:styleId="Ttulo1"><w:name w:val="heading 1"/></w:style>{styles}</w:styles>'
    )
    document = f'<?xml version="1.0"?>{head}<w:document {W}><w:body>{body}</w:body></w:document>'
    return packed({"word/document.xml": document, "word/styles.xml": styles})


def paragraph(text: str, *, style: str = "", run: str = "") -> str:
    chosen = f'<w:pPr><w:pStyle w:val="{style}"/></w:pPr>' if style else ""
    return f"<w:p>{chosen}<w:r><w:rPr>{run}</w:rPr><w:t>{text}</w:t></w:r></w:p>"


def xlsx(rows: Iterable[Sequence[str | float]], *, beyond: str = "") -> bytes:
    """One sheet; `beyond` follows its rows."""

    def cell(value: str | float) -> str:
        if isinstance(value, str):
            return f'<c t="inlineStr"><is><t>{value}</t></is></c>' if value else "<c/>"
        return f"<c><v>{value}</v></c>"

    sheet = "".join(f"<row>{''.join(map(cell, row))}</row>" for row in rows) + beyond
    types = f"{PACKAGE}/content-types"
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    return packed(
        {
            "[Content_Types].xml": f'<Types xmlns="{types}"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/xl/workbook.xml" ContentType="{kind}.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="{kind}.worksheet+xml"/></Types>',
            "_rels/.rels": f'<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="a" Type="{REL}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
            "xl/workbook.xml": f'<workbook {MAIN} xmlns:r="{REL}"><sheets><sheet name="Precios" sheetId="1" r:id="b"/></sheets></workbook>',
            "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="b" Type="{REL}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
            "xl/worksheets/sheet1.xml": f"<worksheet {MAIN}><sheetData>{sheet}</sheetData></worksheet>",
        }
    )


def pdf(*lines: tuple[int, str], extra: str = "", pages: int = 1, drawn: str = "") -> bytes:
    """Lines of the given sizes, from the top down, the same on every page; or what is `drawn`. `extra` goes into the
    trailer."""
    place, written = 760, [drawn]
    for size, text in lines:
        escaped = text.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")
        written.append(f"BT /F1 {size} Tf 60 {place} Td ({escaped}) Tj ET")
        place -= size + 14
    content = "\n".join(written).encode("cp1252")
    later = [b"%d 0 R" % (7 + number) for number in range(pages - 1)]
    page = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>"
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[%b]/Count %d>>" % (b" ".join([b"3 0 R", *later]), pages),
        page,
        b"<</Length %d>>stream\n%b\nendstream" % (len(content), content),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>",
        b"<</Filter/Standard/V 1/R 2/P -44/O(%b)/U(%b)>>" % (b"o" * 32, b"u" * 32),
        *[page for _ in later],
    ]
    out, places = bytearray(b"%PDF-1.4\n"), []
    for number, body in enumerate(objects, start=1):
        places.append(len(out))
        out += b"%d 0 obj%b endobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    out_at = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1) + table
    out += b"trailer<</Size %d/Root 1 0 R%b>>\nstartxref\n%d\n%%%%EOF" % (
        len(objects) + 1,
        extra.encode(),
        out_at,
    )
    return bytes(out)
