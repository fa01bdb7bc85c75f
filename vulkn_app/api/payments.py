"""Where a payment provider tells what happened, and the pages of the one that takes no money."""

from html import escape

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from starlette.requests import ClientDisconnect

from vulkn_app import limits
from vulkn_app.api.answers import address, language_of, same_site
from vulkn_app.errors import BadInput, NotFound
from vulkn_app.i18n import Language, t
from vulkn_app.payments import fake, news
from vulkn_app.payments.chosen import trial_provider
from vulkn_app.payments.fake import FakeProvider, Ticket
from vulkn_app.written import money

router = APIRouter(tags=["webhooks"])
ACTS = {"checkout": ("pay",), "portal": ("pay", "fail", "end")}
POLICY = "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'"


@router.post(fake.WEBHOOK)
async def deliver(request: Request) -> Response:
    """Signed by the provider; answered once it is stored. The same again changes nothing."""
    try:
        raw = await request.body()
    except ClientDisconnect as problem:
        raise BadInput from problem
    await news.take(raw, request.headers)
    return Response(status_code=200)


@router.get(fake.PAGE, include_in_schema=False)
async def page(request: Request, order: str = "") -> HTMLResponse:
    """404 unless this deployment says that it only tries things out."""
    await limits.spend(limits.ADDRESS_READS, "payments", address(request))
    _, ticket = _opened(order)
    headers = {"cache-control": "no-store", "content-security-policy": POLICY}
    return HTMLResponse(_html(ticket, order, language_of(request)), headers=headers)


@router.post(fake.PAGE, include_in_schema=False)
async def act(request: Request, order: str = "", act: str = "") -> RedirectResponse:
    same_site(request)
    await limits.spend(limits.ADDRESS_SESSIONS, "payments", address(request))
    taker, ticket = _opened(order)
    if act not in ACTS[ticket.kind]:
        raise BadInput
    await (taker.end(ticket.running) if act == "end" else getattr(taker, act)(ticket))
    return RedirectResponse(ticket.back, 303)


def _opened(order: str) -> tuple[FakeProvider, Ticket]:
    taker = trial_provider()
    if taker is None:
        raise NotFound
    return taker, fake.opened(order)


def _html(ticket: Ticket, order: str, language: Language) -> str:
    plan = t(f"skills.tier_{ticket.plan}", language)
    price = money(ticket.cents, ticket.currency)
    buttons = "".join(
        f'<form method="post" action="{fake.PAGE}?order={escape(order)}&amp;act={one}">'
        f'<button class="{one}">{escape(t(f"billing.trial_{ticket.kind}_{one}", language, price=price))}</button></form>'
        for one in ACTS[ticket.kind]
    )
    words = {
        key: escape(t(f"billing.trial_{key}", language, plan=plan, price=price))
        for key in ("title", "mark", "text", "what", "back")
    }
    return PAGE.format(language=language, buttons=buttons, to=escape(ticket.back), **words)


PAGE = """<!doctype html>
<html lang="{language}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex"><title>{title}</title><style>
:root {{ color-scheme: light dark }}
body {{ margin: 0; font: 16px/1.5 system-ui, sans-serif; display: grid; place-items: center; min-height: 100vh }}
.mark {{ position: fixed; inset: 0 0 auto; padding: 10px 16px; background: #b45309; color: #fff; text-align: center;
  font-weight: 600 }}
main {{ width: min(380px, calc(100vw - 40px)); padding: 72px 0 32px }}
h1 {{ font-size: 24px; line-height: 1.2; margin: 0 0 8px }}
.what {{ font-size: 18px; font-weight: 600; margin: 24px 0 }}
button {{ width: 100%; padding: 13px 16px; margin: 0 0 10px; font: inherit; font-weight: 600; border-radius: 12px;
  border: 1px solid currentColor; background: none; color: inherit; cursor: pointer }}
button.pay {{ background: #4f46e5; border-color: #4f46e5; color: #fff }}
a {{ color: inherit }}
</style></head><body><header class="mark">{mark}</header><main><h1>{title}</h1><p>{text}</p>
<p class="what">{what}</p>{buttons}<p><a href="{to}">{back}</a></p></main></body></html>
"""
