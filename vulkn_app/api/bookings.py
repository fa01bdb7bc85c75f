"""The file of an appointment, for the calendar of whoever was given its link."""

from fastapi import APIRouter, Request, Response

from vulkn_app import limits
from vulkn_app.api.answers import address
from vulkn_app.booking import ics

router = APIRouter(prefix="/api/bookings", tags=["bookings"])


@router.get("/{token}.ics")
async def get_calendar_file(token: str, request: Request) -> Response:
    """RFC 5545. 404 for a link that this deployment did not sign."""
    await limits.spend(limits.ADDRESS_READS, "bookings", address(request))
    headers = {"cache-control": "no-store", "content-disposition": 'inline; filename="cita.ics"'}
    return Response(await ics.linked(token), media_type="text/calendar; charset=utf-8", headers=headers)
