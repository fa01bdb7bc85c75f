"""People who are signed in at the local Supabase."""

import time
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from uuid import uuid4

import jwt
import pytest

from vulkn_app import clients
from vulkn_app.db import Member
from vulkn_app.local.supabase import Supabase
from vulkn_app.settings import settings

SignIn = Callable[[Member], Member]


@pytest.fixture
async def signed_in(
    deployment: None, local_supabase: Supabase, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[SignIn]:
    """Gives a member the access token that Supabase Auth would give them."""
    monkeypatch.setattr(settings, "supabase_url", local_supabase.url)
    key = local_supabase.keys.publishable_key.get_secret_value()
    monkeypatch.setattr(settings, "supabase_publishable_key", key)
    secret = local_supabase.keys.jwt_secret.get_secret_value()

    def sign_in(member: Member) -> Member:
        now = int(time.time())
        claims = {"sub": str(member.user_id), "role": "authenticated", "aud": "authenticated"}
        claims |= {"session_id": str(uuid4()), "iat": now, "exp": now + 600}
        return replace(member, token=jwt.encode(claims, secret, algorithm="HS256"))

    yield sign_in
    await clients.close()
