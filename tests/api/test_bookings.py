"""The calendar file of an appointment."""

import httpx


async def test_a_link_that_nobody_signed_is_not_found(http: httpx.AsyncClient) -> None:
    answer = await http.get("/api/bookings/nothing.ics")

    assert answer.status_code == 404
    assert answer.json()["error"]["code"] == "not_found"
