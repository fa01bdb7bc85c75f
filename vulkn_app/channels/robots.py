"""Programs that open pages by the million: they are no visitors, and are not counted as any.

Most run no script and never get here; those that do say who they are. Whoever hides it cannot be told from a visitor,
and a program that speaks to the API by itself is somebody's own doing."""

import re

# Cubot makes telephones.
_THEY_SAY_SO = re.compile(
    r"(?<!cu)bot\b|crawl|spider|slurp|lighthouse|pagespeed|preview|facebookexternalhit|whatsapp/|monitor|uptime|pingdom|"
    r"archiver|scrapy|gtmetrix|mediapartners|apis-google|google-inspectiontool|read-aloud",
    re.IGNORECASE,
)


def is_one(agent: str) -> bool:
    """By its User-Agent; every browser sends one."""
    return not agent or bool(_THEY_SAY_SO.search(agent))
