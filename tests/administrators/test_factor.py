"""The second factor: a code counts once, in this session, and not many may be tried."""

import base64
import json
from collections.abc import Callable

import pytest

from tests.administrators.conftest import Helper
from tests.factories import Business
from tests.plugins.dashboard import a_session
from vulkn_app import auth, secrets
from vulkn_app.administrators import desk, factor, people
from vulkn_app.errors import NotAllowed, SignedOut, TooMuch

pytestmark = pytest.mark.usefixtures("deployment")
OtherBrowser = Callable[[Helper], Helper]


async def test_codes_are_those_of_the_standard() -> None:
    """RFC 6238, appendix B, SHA-1: the last six of its eight digits."""
    secret = b"12345678901234567890"
    said = {59: "287082", 1111111109: "081804", 1234567890: "005924", 20000000000: "353130"}

    assert {at: factor.code_at(secret, at // factor.STEP) for at in said} == said


async def test_nobody_administers_before_the_code_was_shown(helper: Helper) -> None:
    with pytest.raises(NotAllowed) as refused:
        await desk.of(helper.sid)
    assert refused.value.code == "factor_missing"

    who = await helper.prove()

    assert (await desk.list_organizations(who)).total > 0


async def test_a_code_counts_once_whichever_session_shows_it(
    helper: Helper, another_browser: OtherBrowser
) -> None:
    await helper.prove()
    other = another_browser(helper)
    other.secret = helper.secret

    for code in (helper.code(), helper.code(steps=-1)):
        with pytest.raises(NotAllowed):
            await factor.prove(await other.person(), code)
    with pytest.raises(NotAllowed):
        await desk.of(other.sid)

    await factor.prove(await other.person(), helper.code(steps=1))
    assert (await desk.of(other.sid)).user_id == helper.user_id


async def test_after_five_wrong_codes_the_right_one_is_not_looked_at_either(
    helper: Helper, another_browser: OtherBrowser
) -> None:
    await helper.prove()
    other = another_browser(helper)

    for wrong in ("000000", "", "abcdef", "١٢٣٤٥٦", "12345"):
        with pytest.raises(NotAllowed):
            await factor.prove(await other.person(), wrong)
    with pytest.raises(TooMuch) as refused:
        await factor.prove(await other.person(), helper.code(steps=1))

    assert 0 < (refused.value.retry_after or 0) <= 900


async def test_who_is_no_administrator_enrols_nothing(business: Business, database_url: str) -> None:
    person = await auth.read(a_session(database_url, business))
    assert person

    for attempt in (factor.enrol(person), factor.prove(person, "123456")):
        with pytest.raises(NotAllowed):
            await attempt
    assert not await factor.claimed(person)


async def test_an_enrolled_factor_is_not_replaced_by_who_has_the_password(helper: Helper) -> None:
    await helper.prove()

    with pytest.raises(NotAllowed):
        await factor.enrol(await helper.person())


async def test_the_secret_is_ciphertext_and_belongs_to_one_person(helper: Helper) -> None:
    taught = await factor.enrol(await helper.person())
    secret = base64.b32decode(taught.by_hand.replace(" ", ""))
    sealed = helper.root("select sealed from app.admin_factors where user_id = %s", helper.user_id)[0][0]

    assert secret not in bytes(sealed)
    assert secret.hex().encode() not in bytes(sealed)
    with pytest.raises(secrets.Unreadable):
        secrets.decrypt(bytes(sealed), belongs_to="factor:somebody else")


async def test_the_word_of_supabase_auth_itself_counts(helper: Helper) -> None:
    """On hosted Supabase a session may have begun with its own second factor."""

    def token(aal: str) -> str:
        payload = base64.urlsafe_b64encode(json.dumps({"aal": aal}).encode()).decode().rstrip("=")
        return f"e30.{payload}.x"

    for aal, counts in (("aal1", False), ("aal2", True)):
        sealed = secrets.encrypt(
            json.dumps({"access": token(aal), "refresh": "x", "expires_at": 9e9}),
            belongs_to=f"session:{auth.cookie_key(helper.sid).hex()}",
        )
        helper.root(
            "update app.web_sessions set tokens = %s where id_hash = %s", sealed, auth.cookie_key(helper.sid)
        )
        assert await factor.claimed(await helper.person()) is counts
    assert (await desk.of(helper.sid)).user_id == helper.user_id


async def test_an_operator_takes_back_the_factor_and_the_office(helper: Helper) -> None:
    await helper.prove()
    email = (await helper.person()).email

    await people.reset_factor(email)
    with pytest.raises(NotAllowed):
        await desk.of(helper.sid)
    assert not await factor.enrolled(await helper.person())

    await helper.prove()
    await people.revoke(email)
    with pytest.raises(NotAllowed):
        await desk.of(helper.sid)
    with pytest.raises(SignedOut):
        await desk.of("no such cookie")
