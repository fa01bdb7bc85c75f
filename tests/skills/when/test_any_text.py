"""What holds for every text."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from vulkn_app.skills.when import Said, conversation, understand
from vulkn_app.skills.when.meaning import Asked, Language

ZONE = "America/Mexico_City"
_MONTHS = {
    number: name
    for number, name in enumerate(
        ("enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto", "septiembre", "octubre",
         "noviembre", "diciembre"), 1
    )
}  # fmt: skip
_WORDS = """el la las a de del al los este próximo pasado mañana tarde noche hoy lunes vie sab marzo mar 3 5 12 30 31 99
    1730 2026 0 media cuarto y para en semana mes días quince hora horas next friday half past to at on the in from
    until pm am a.m. / - : . , ? no puedo mejor instead ago 24/7 st th x weekend end of month every ½ ٣ İ ß"""
_PIECES = st.sampled_from(_WORDS.split())
_TEXTS = st.one_of(st.text(max_size=200), st.lists(_PIECES, max_size=14).map(" ".join))
_START = datetime(2020, 1, 1, tzinfo=ZoneInfo("UTC"))
_NOWS = st.integers(0, 70 * 366 * 24).map(lambda hours: _START + timedelta(hours=hours))


@given(
    text=_TEXTS,
    now=_NOWS,
    asked=st.sampled_from([None, "date", "time"]),
    language=st.sampled_from([None, "es", "en"]),
)
def test_nothing_breaks_the_reading_and_no_day_is_beyond_reason(
    text: str, now: datetime, asked: Asked | None, language: Language | None
) -> None:
    when = understand(
        text, now=now, timezone=ZONE, asked=asked, language=language, opening=(time(9), time(20))
    )

    assert when.date is None or 1900 <= when.date.year < 2200
    assert when.date_to is None or (when.date is not None and when.date <= when.date_to)
    assert all(0 <= start < end <= len(text) for start, end in when.spans)
    assert list(when.spans) == sorted(when.spans)


@given(texts=st.lists(_TEXTS, max_size=5))
def test_no_conversation_breaks_the_reading(texts: list[str]) -> None:
    turns = [Said(text, customer=at % 2 == 0) for at, text in enumerate(texts)]

    conversation(turns, now=datetime.now(tz=ZoneInfo("UTC")), timezone=ZONE)


@given(day=st.dates(date(2026, 1, 1), date(2040, 12, 31)))
def test_a_date_written_out_is_that_date(day: date) -> None:
    now = datetime(2026, 6, 15, 12, tzinfo=ZoneInfo("UTC"))
    spanish = f"el {day.day} de {_MONTHS[day.month]} de {day.year}"
    written = (spanish, day.isoformat(), f"{day:%d/%m/%Y}")

    assert [understand(text, now=now, timezone=ZONE, language="es").date for text in written] == [day] * 3
    for text in (f"{day:%B} {day.day}, {day.year}", f"{day.day} {day:%b} {day.year}", f"{day:%m/%d/%Y}"):
        assert understand(text, now=now, timezone=ZONE, language="en").date == day


@given(ahead=st.integers(1, 364))
def test_a_date_without_a_year_is_the_coming_one(ahead: int) -> None:
    now = datetime(2026, 6, 15, 12, tzinfo=ZoneInfo("UTC"))
    day = now.date() + timedelta(days=ahead)

    assert understand(f"{day.day} de {_MONTHS[day.month]}", now=now, timezone=ZONE).date == day


@given(hour=st.times().map(lambda at: at.replace(second=0, microsecond=0)))
def test_an_hour_written_out_is_that_hour(hour: time) -> None:
    now = datetime(2026, 6, 15, 12, tzinfo=ZoneInfo("UTC"))
    twelve = f"{(hour.hour - 1) % 12 + 1}:{hour:%M} {'am' if hour.hour < 12 else 'pm'}"

    assert understand(f"a las {twelve}", now=now, timezone=ZONE).time == hour
    assert understand(f"mañana a las {hour:%H:%M}", now=now, timezone=ZONE).time == hour or 0 < hour.hour < 12
