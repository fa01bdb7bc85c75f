"""Times in the organization's zone and the person's language, worded by the browser."""

from datetime import date, datetime
from typing import Any

import reflex as rx

from state.prefs import PrefsState
from state.session import SessionState

LOCALE = rx.cond(PrefsState.lang == "en", "en-US", "es-MX")
ZONE = rx.cond(SessionState.org_timezone != "", SessionState.org_timezone, "UTC")

# Pydantic's datetimes arrive as "2026-11-22 10:42:00+00:00"; Safari wants the T.
WHEN = """((at, locale, timeZone) => {
  if (!at) return '';
  const day = { year: 'numeric', month: 'numeric', day: 'numeric' };
  const words = (options, moment) => new Intl.DateTimeFormat(locale, { timeZone, ...options }).format(moment);
  const then = new Date(String(at).replace(' ', 'T'));
  if (words(day, then) === words(day, new Date())) return words({ hour: 'numeric', minute: '2-digit' }, then);
  return words({ day: 'numeric', month: 'short' }, then);
})"""
FULL = """((at, locale, timeZone) => at ? new Intl.DateTimeFormat(locale,
  { timeZone, day: 'numeric', month: 'long', hour: 'numeric', minute: '2-digit' }
).format(new Date(String(at).replace(' ', 'T'))) : '')"""
DAY = """((at, locale, timeZone) => at ? new Intl.DateTimeFormat(locale, { timeZone, day: 'numeric', month: 'long' })
  .format(new Date(String(at).replace(' ', 'T'))) : '')"""
WEEKDAY = """((day, locale) => day ? new Intl.DateTimeFormat(locale,
  { timeZone: 'UTC', weekday: 'narrow' }).format(new Date(day + 'T00:00:00Z')) : '')"""

HOUR = """((at, locale, timeZone) => at ? new Intl.DateTimeFormat(locale,
  { timeZone, hour: 'numeric', minute: '2-digit' }).format(new Date(String(at).replace(' ', 'T'))) : '')"""
# A date without a zone is the same day everywhere. "martes, 24 de noviembre": Spanish begins small, a heading does not.
LONG_DAY = """((day, locale) => { if (!day) return '';
  const words = new Intl.DateTimeFormat(locale, { timeZone: 'UTC', weekday: 'long', day: 'numeric', month: 'long' })
    .format(new Date(String(day).slice(0, 10) + 'T00:00:00Z'));
  return words[0].toUpperCase() + words.slice(1); })"""

SHORT_DAY = """((day, locale) => day ? new Intl.DateTimeFormat(locale,
  { timeZone: 'UTC', day: 'numeric', month: 'short' }).format(new Date(String(day).slice(0, 10) + 'T00:00:00Z')) : '')"""

# "5 hours", "12 minutes": `now` is only there to word it again.
LEFT = """((until, now, locale) => { if (!until) return '';
  const minutes = Math.max(0, Math.round((new Date(String(until).replace(' ', 'T')) - Date.now()) / 60000));
  const [count, unit] = minutes >= 90 ? [Math.round(minutes / 60), 'hour'] : [minutes, 'minute'];
  return new Intl.NumberFormat(locale, { style: 'unit', unit, unitDisplay: 'long' }).format(count); })"""

# "2 minutes ago": `now` is only there to word it again.
AGO = """((at, now, locale) => { if (!at) return '';
  const minutes = Math.max(0, Math.round((Date.now() - new Date(String(at).replace(' ', 'T'))) / 60000));
  const [count, unit] = minutes >= 1440 ? [Math.round(minutes / 1440), 'day']
    : minutes >= 60 ? [Math.round(minutes / 60), 'hour'] : [minutes, 'minute'];
  return new Intl.RelativeTimeFormat(locale, { numeric: 'auto' }).format(count ? -count : 0, count ? unit : 'second'); })"""
CURRENCY = """((code, locale) => { try {
  return code + ' · ' + new Intl.DisplayNames(locale, { type: 'currency' }).of(code); } catch { return code; } })"""

COUNTRY = """((code, locale) => { try { return new Intl.DisplayNames(locale, { type: 'region' }).of(code); }
  catch { return code; } })"""


def country(code: rx.Var[str]) -> rx.Var[str]:
    """An ISO code as people call the country."""
    return _worded(COUNTRY, code, LOCALE)


def currency(code: rx.Var[str]) -> rx.Var[str]:
    """An ISO code, and what people call the money."""
    return _worded(CURRENCY, code, LOCALE)


def ago(moment: rx.Var[datetime] | rx.Var[datetime | None], now: rx.Var[int]) -> rx.Var[str]:
    """How long since; a change of `now` words it again."""
    return _worded(AGO, moment, now, LOCALE)


def when(moment: rx.Var[datetime] | rx.Var[datetime | None]) -> rx.Var[str]:
    """Today: the time. Before: the day."""
    return _worded(WHEN, moment, LOCALE, ZONE)


def full(moment: rx.Var[datetime] | rx.Var[datetime | None]) -> rx.Var[str]:
    """Day and time."""
    return _worded(FULL, moment, LOCALE, ZONE)


def day(moment: rx.Var[datetime] | rx.Var[datetime | None]) -> rx.Var[str]:
    """The day alone, in full."""
    return _worded(DAY, moment, LOCALE, ZONE)


def left(until: rx.Var[datetime | None], now: rx.Var[int]) -> rx.Var[str]:
    """How long it is until then; a change of `now` words it again."""
    return _worded(LEFT, until, now, LOCALE)


def weekday(day: rx.Var[date] | rx.Var[str]) -> rx.Var[str]:
    """One letter."""
    return _worded(WEEKDAY, day, LOCALE)


def hour(moment: rx.Var[datetime]) -> rx.Var[str]:
    """The time alone."""
    return _worded(HOUR, moment, LOCALE, ZONE)


def long_day(day: rx.Var[date] | rx.Var[str]) -> rx.Var[str]:
    """A calendar's day in full."""
    return _worded(LONG_DAY, day, LOCALE)


def short_day(day: rx.Var[date] | rx.Var[date | None]) -> rx.Var[str]:
    """A calendar's day in a few letters."""
    return _worded(SHORT_DAY, day, LOCALE)


def _worded(function: str, *arguments: Any) -> rx.Var[str]:
    return rx.vars.FunctionStringVar.create(function).call(*arguments).to(str)
