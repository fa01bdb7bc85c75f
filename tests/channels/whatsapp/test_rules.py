"""WhatsApp's own switch, and what Meta says about accounts, numbers and templates."""

import pytest

from tests.channels.whatsapp.meta import LUCIA, Line, a_line, for_line, happens, payloads, samples
from tests.channels.whatsapp.telling import news, tell, write


@pytest.fixture
def stranger(line: Line, database_url: str) -> Line:
    return a_line(database_url)


@pytest.mark.parametrize(
    ("value", "out"), [("stop", True), ("resume", False), ("signup", False), ("new", False)]
)
async def test_whatsapp_s_own_switch_counts_in_silence(line: Line, value: str, out: bool) -> None:
    item = {
        "wa_id": LUCIA["wa_id"],
        "user_id": LUCIA["user_id"],
        "category": "marketing_messages",
        "value": value,
    }
    await tell(line, "user_preferences", {"user_preferences": [{**item, "timestamp": 1795449000}]})

    found = line.rows("select opted_out_at is not null from contacts where org_id = :org")
    assert (found == [(True,)]) is out
    assert line.rows("select count(*) from messages where org_id = :org") == [(0,)]


async def test_an_opt_out_through_the_webhook_begins_no_turn(line: Line) -> None:
    await write(line, "BAJA")
    await write(line, "dame de baja mañana la cita")

    assert line.rows("select count(*) from turns where org_id = :org") == [(1,)]
    assert line.rows("select opted_out_at is not null from contacts where org_id = :org") == [(True,)]
    assert [sender for sender, _ in line.said()][:2] == ["visitor", "agent"]


ACCOUNT = {
    "partner_removed": ("down", "partner_removed"),
    "partner_removed_wa_app_disconnection": ("down", "phone_idle"),
    "account_offboarded": ("down", "offboarded"),
    "account_deleted": ("down", "deleted"),
    "account_restriction": ("restricted", "restricted"),
    "partner_app_uninstalled": ("down", "partner_removed"),
    "pricing_tiering_update": ("active", None),
    "authentication_international_eligibility": ("active", None),
    "mm_api_for_wa_terms_of_service": ("active", None),
}


@pytest.mark.parametrize("name", ACCOUNT)
async def test_news_of_the_account_says_what_is_wrong_and_what_to_do(
    line: Line, stranger: Line, name: str
) -> None:
    (body,) = (one["payload"] for one in payloads() if one.get("name") == name)
    value = body["entry"][0]["changes"][0]["value"]
    if "waba_info" in value:
        value["waba_info"]["waba_id"] = line.waba

    await news(line, "account_update", value, waba="2949482758682047" if "waba_info" in value else "")

    state, problem = ACCOUNT[name]
    assert line.rows("select state, problem from whatsapp_numbers where org_id = :org") == [(state, problem)]
    told = line.rows("select kind, detail ->> 'what' from alerts where org_id = :org")
    assert told == ([("channel", problem)] if problem else [])
    assert stranger.rows("select state from whatsapp_numbers where org_id = :org") == [("active",)]
    assert stranger.rows("select count(*) from alerts where org_id = :org") == [(0,)]


async def test_what_was_lifted_is_well_again(line: Line) -> None:
    await news(
        line, "account_update", {"event": "DISABLED_UPDATE", "ban_info": {"waba_ban_state": "DISABLE"}}
    )
    assert line.rows("select state, problem from whatsapp_numbers where org_id = :org") == [
        ("down", "disabled")
    ]

    await news(
        line, "account_update", {"event": "DISABLED_UPDATE", "ban_info": {"waba_ban_state": "REINSTATE"}}
    )

    assert line.rows("select state, problem from whatsapp_numbers where org_id = :org") == [("active", None)]


async def test_an_error_about_the_number_is_explained_and_too_fast_is_not_one(line: Line) -> None:
    await tell(line, "messages", {"errors": [{"code": 130429, "title": "Rate limit hit"}]})
    assert line.rows("select state from whatsapp_numbers where org_id = :org") == [("active",)]

    await tell(line, "messages", {"errors": [{"code": 131042, "title": "Payment"}]})

    assert line.rows("select problem, problem_code from whatsapp_numbers where org_id = :org") == [
        ("payment", 131042)
    ]
    assert line.rows("select detail ->> 'what' from alerts where org_id = :org") == [("payment",)]


async def test_quality_tier_and_name_are_the_number_s(line: Line) -> None:
    line.run("update whatsapp_numbers set display_phone = '+52 1 55 5000 1111' where org_id = :org")
    phone = "5215550001111"
    await news(
        line,
        "phone_number_quality_update",
        {"display_phone_number": phone, "event": "FLAGGED", "current_limit": "TIER_250"},
    )
    await news(
        line,
        "phone_number_name_update",
        {"display_phone_number": phone, "decision": "APPROVED", "requested_verified_name": "Clínica Sol"},
    )
    await news(line, "phone_number_name_update", {"display_phone_number": "999", "decision": "REJECTED"})
    await news(line, "business_capability_update", {"max_daily_conversations_per_business": 2000})

    assert line.rows("select quality, tier, verified_name from whatsapp_numbers where org_id = :org") == [
        ("red", "2000", "Clínica Sol")
    ]
    assert ("flagged",) in line.rows("select detail ->> 'what' from alerts where org_id = :org")


def a_template(line: Line, name: str = "recordatorio_cita") -> None:
    line.run(
        "insert into whatsapp_templates (org_id, channel_id, name, language, category, status)"
        " values (:org, %s, %s, 'es_MX', 'utility', 'approved')",
        line.channel_id,
        name,
    )


async def test_a_rejected_template_is_the_account_s_organization_s_alone(line: Line, stranger: Line) -> None:
    a_template(line)
    a_template(stranger)
    (body,) = (one["body"] for one in samples() if one["name"].startswith("29_"))
    await happens(for_line(body, line))

    ((state, reason),) = line.rows("select status, reason from whatsapp_templates where org_id = :org")
    assert state == "rejected"
    assert "Separate parameters" in reason
    assert line.rows(
        "select kind, detail ->> 'what', detail ->> 'subject' from alerts where org_id = :org"
    ) == [("template", "template_rejected", "recordatorio_cita")]
    assert stranger.rows("select status from whatsapp_templates where org_id = :org") == [("approved",)]
    assert stranger.rows("select count(*) from alerts where org_id = :org") == [(0,)]


async def test_a_template_that_became_marketing_costs_money_and_says_so(line: Line) -> None:
    a_template(line)
    which = {"message_template_name": "recordatorio_cita", "message_template_language": "es_MX"}
    await news(line, "template_category_update", {**which, "new_category": "MARKETING"})
    await news(line, "message_template_quality_update", {**which, "new_quality_score": "RED"})

    assert line.rows("select category, quality from whatsapp_templates where org_id = :org") == [
        ("marketing", "red")
    ]
    assert {what for (what,) in line.rows("select detail ->> 'what' from alerts where org_id = :org")} == {
        "template_marketing",
        "template_quality",
    }


async def test_every_sample_of_ours_leaves_no_event_unhandled(line: Line) -> None:
    for one in samples():
        if one["name"][:2] in ("25", "26", "28", "29", "30", "32", "34"):
            await happens(for_line(one["body"], line))

    assert set(line.states().values()) == {"done"}
