"""Embedded Signup: Meta's own window, in which an owner connects a number without copying anything.

The window gives the browser a code, good for a minute, and the ids of account and number; the code becomes a token
here. Everything after that is connect.py's, as if the owner had typed it. Version 4 of the flow (version 2 ended on
2026-10-15): which number it was comes in the window's own message, never from us."""

from typing import Literal

import httpx
from pydantic import BaseModel, Field, SecretStr

from models.whatsapp import NumberMode
from vulkn_app import clients
from vulkn_app.channels.whatsapp import connect
from vulkn_app.channels.whatsapp.connect import ConnectForm, Health
from vulkn_app.channels.whatsapp.refusals import WhatsAppAway, WhatsAppRefused
from vulkn_app.db import Member
from vulkn_app.errors import VulknError
from vulkn_app.settings import settings

# How the window says that it is done: a number of its own, or the one that is on the owner's phone.
Finish = Literal["FINISH", "FINISH_ONLY_WABA", "FINISH_WHATSAPP_BUSINESS_APP_ONBOARDING"]


class SignupUnavailable(VulknError):
    """This deployment has no app at Meta: numbers are connected by hand."""

    code, status = "whatsapp_no_signup", 409


class SignupForm(BaseModel):
    """What the window told the page."""

    code: SecretStr = Field(min_length=10, max_length=2000)
    event: Finish
    waba: str = Field(pattern=r"^[0-9]{5,24}$")
    phone_number_id: str = Field("", pattern=r"^([0-9]{5,24})?$")


def available() -> bool:
    return bool(settings.whatsapp_app_id and settings.whatsapp_app_secret)


async def finish(member: Member, form: SignupForm) -> Health:
    """Raises SignupUnavailable, and what connect.connect raises."""
    member.must_be_theirs()
    if not available():
        raise SignupUnavailable
    if not form.phone_number_id:
        raise WhatsAppRefused("whatsapp_no_number")
    on_phone = form.event == "FINISH_WHATSAPP_BUSINESS_APP_ONBOARDING"
    return await connect.connect(
        member,
        ConnectForm(
            phone_number_id=form.phone_number_id,
            waba=form.waba,
            token=await _token(form.code),
            mode=NumberMode.COEXISTENCE if on_phone else NumberMode.CLOUD,
        ),
    )


async def _token(code: SecretStr) -> SecretStr:
    """The app's secret and the code go in the body: an address is written into logs."""
    assert settings.whatsapp_app_id
    assert settings.whatsapp_app_secret
    secret = settings.whatsapp_app_secret.get_secret_value().partition(",")[0].strip()
    asked = {
        "client_id": settings.whatsapp_app_id,
        "client_secret": secret,
        "code": code.get_secret_value(),
        "grant_type": "authorization_code",
    }
    address = f"{settings.whatsapp_graph_url}/{settings.whatsapp_graph_version}/oauth/access_token"
    try:
        response = await clients.http().post(address, json=asked)
        told = response.json()
    except (httpx.HTTPError, ValueError):
        raise WhatsAppAway from None
    if not response.is_success or not isinstance(told, dict) or not told.get("access_token"):
        raise WhatsAppRefused("whatsapp_code_used")
    return SecretStr(str(told["access_token"]))
