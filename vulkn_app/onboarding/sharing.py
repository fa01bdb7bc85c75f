"""The link to the agent's own page, as something a phone's camera reads."""

import segno


def picture(url: str) -> str:
    """The QR code of an address as an SVG in a data URI; a quarter of it may be covered or torn (level Q)."""
    return segno.make(url, error="q", micro=False).svg_data_uri(
        scale=8, border=2, dark="#1c1917", light="#fff"
    )
