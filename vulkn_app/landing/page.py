"""The page and the privacy notice in one language: templates, the catalogue's words, the price list."""

import base64
import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from html import escape
from pathlib import Path
from string import Template

from vulkn_app.i18n import LANGUAGES, Language, catalogue
from vulkn_app.landing import files
from vulkn_app.landing.about import SLUG, told
from vulkn_app.landing.plans import Plan, count

HERE = Path(__file__).parent
HOME: dict[Language, str] = {"es": "/es", "en": "/en"}
PRIVACY: dict[Language, str] = {"es": "/privacidad", "en": "/privacy"}
NAMES: dict[Language, str] = {"es": "Español", "en": "English"}
LOCALE: dict[Language, str] = {"es": "es_MX", "en": "en_US"}
# What a cleaning costs at the sample clinic, as local/demo_knowledge.jsonl has it.
SAMPLE_PRICE = "$850"


@dataclass(frozen=True)
class Site:
    """What the pages depend on beside their words. `chat`: the agent that answers about VULKN is live."""

    base: str
    plans: tuple[Plan, ...]
    chat: bool
    contact: str = ""


@lru_cache
def css() -> str:
    """On one line a rule, with the font's address in its place."""
    rules = re.sub(r"/\*.*?\*/", "", (HERE / "landing.css").read_text(), flags=re.DOTALL).replace(
        "$font", files.address("inter.woff2")
    )
    return "\n".join(line.strip() for line in rules.splitlines() if line.strip())


@lru_cache
def policy() -> str:
    """The one style sheet in the page by its digest, everything else from this server."""
    digest = base64.b64encode(hashlib.sha256(css().encode()).digest()).decode()
    return (
        f"default-src 'none'; script-src 'self'; style-src 'sha256-{digest}'; img-src 'self' data:; "
        "font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )


def home(language: Language, site: Site) -> str:
    said = _words(language, site)
    chat = f"/c/{SLUG}?lang={language}"
    ends = "end" if site.chat else "end_plain"
    free = site.plans[0] if site.plans else None
    return _page(
        "home.html",
        language,
        site,
        HOME,
        said,
        note=said["note"].format(turns=count(free.monthly_turns)) if free else said["note_plain"],
        try_it=_part("try", href=chat, slug=SLUG, words=said["try"]) if site.chat else "",
        end_head=said[ends],
        end_said=said[f"{ends}_text"],
        end_button=_part("try", href=chat, slug=SLUG, words=said["talk_to"]) if site.chat else "",
        plans=_prices(said, site),
        faq_rows=_faq(language, site),
        contact=_contact(said, site),
        sample_price=SAMPLE_PRICE,
        phone_light=files.address(f"inbox-phone-{language}-light.avif"),
        phone_dark=files.address(f"inbox-phone-{language}-dark.avif"),
        wide_light=files.address(f"inbox-wide-{language}-light.avif"),
        wide_dark=files.address(f"inbox-wide-{language}-dark.avif"),
    )


def privacy(language: Language, site: Site) -> str:
    said = _words(language, site)
    how = "email" if site.contact else "chat" if site.chat else "none"
    said["privacy_8_text"] = said[f"privacy_8_{how}"].format(email=escape(site.contact))
    rows = [_part("section", head=said[f"privacy_{n}"], words=said[f"privacy_{n}_text"]) for n in range(1, 9)]
    head = {"title": said["privacy_title"], "description": said["privacy_lead"]}
    return _page(
        "privacy.html", language, site, PRIVACY, said | head, rows="".join(rows), contact=_contact(said, site)
    )


def _page(
    file: str, language: Language, site: Site, paths: dict[Language, str], said: dict[str, str], **parts: str
) -> str:
    """`file` inside the frame that every page has."""
    ways = {"home_path": HOME[language], "privacy_path": PRIVACY[language]}
    body = _template(file).substitute(said, **ways, **parts)
    return _template("frame.html").substitute(
        said,
        lang=language,
        css=css(),
        body=body,
        url=f"{site.base}{paths[language]}",
        alternates="".join(_alternate(site, paths)),
        others="".join(_switch(language, paths)),
        **ways,
        contact=parts["contact"],
        locale=LOCALE[language],
        image=f"{site.base}{files.address(f'og-{language}.png')}",
        script=files.address("landing.js"),
    )


def _alternate(site: Site, paths: dict[Language, str]) -> Iterable[str]:
    """hreflang as search engines ask for it: each names all, itself included; x-default is the page that chooses."""
    for language in LANGUAGES:
        yield f'<link rel="alternate" hreflang="{language}" href="{site.base}{paths[language]}">'
    default = "/" if paths is HOME else paths["es"]
    yield f'<link rel="alternate" hreflang="x-default" href="{site.base}{default}">'


def _switch(here: Language, paths: dict[Language, str]) -> Iterable[str]:
    for language in LANGUAGES:
        current = ' aria-current="true"' if language == here else ""
        yield (
            f'<a href="{paths[language]}" lang="{language}" hreflang="{language}"{current}>'
            f'{language.upper()}<span class="off"> {NAMES[language]}</span></a>'
        )


def _prices(said: dict[str, str], site: Site) -> str:
    """Empty where the list could not be read."""
    if not site.plans:
        return ""
    cards, before = [], None
    for plan in site.plans:
        cards.append(_plan(said, plan, before))
        before = plan
    how = said["prices_how"] if site.chat or site.contact else ""
    return _part("prices", said, cards="".join(cards), how=f"<p>{how}</p>" if how else "")


def _plan(said: dict[str, str], plan: Plan, before: Plan | None) -> str:
    new = [key for key in plan.includes if before is None or key not in before.includes]
    name = said[f"plan_{before.key}"] if before else ""
    intro = said["everything_of" if new else "same_as"].format(plan=name) if before else ""
    rows = "".join(f"<li>{said[f'includes_{key}']}</li>" for key in new)
    turns = said["turns"].format(turns=count(plan.monthly_turns)) if plan.monthly_turns else said["turns_any"]
    return _part(
        "plan",
        key=plan.key,
        name=said[f"plan_{plan.key}"],
        price=plan.price,
        month=said["month"],
        for_whom=said[f"plan_{plan.key}_for"],
        turns=turns,
        intro=f"<p>{intro}</p>" if intro else "",
        rows=f'<ul role="list">{rows}</ul>' if rows else "",
    )


def _faq(language: Language, site: Site) -> str:
    """Nothing about prices where the list could not be read."""
    rows = told(language, site.plans) if site.plans else []
    return "".join(_part("question", head=escape(e.title), words=escape(e.body)) for e in rows if e.faq)


def _contact(said: dict[str, str], site: Site) -> str:
    if not site.contact:
        return ""
    address = f'<a href="mailto:{escape(site.contact)}">{escape(site.contact)}</a>'
    return f"<span>{said['contact'].format(email=address)}</span>"


def _words(language: Language, site: Site) -> dict[str, str]:
    """The catalogue's `landing.` keys, safe in HTML; the sample's price is in its place."""
    words = {
        key.removeprefix("landing."): escape(text)
        for key, text in catalogue(language).items()
        if key.startswith("landing.")
    }
    return {key: text.replace("{price}", SAMPLE_PRICE) for key, text in words.items()}


def _part(piece: str, values: dict[str, str] | None = None, /, **more: str) -> str:
    """A piece of parts.html: each begins with a line `<!-- name -->`."""
    return _parts()[piece].substitute(values or {}, **more)


@lru_cache
def _parts() -> dict[str, Template]:
    pieces = (HERE / "parts.html").read_text().split("<!-- ")[1:]
    return {name: Template(text.strip()) for name, _, text in (piece.partition(" -->") for piece in pieces)}


@lru_cache
def _template(name: str) -> Template:
    lines = (HERE / name).read_text().splitlines()
    return Template("\n".join(line.strip() for line in lines))
