"""One entry a metric: what it counts, in SQL, between :since and :until in the organization :org_id."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Metric:
    """`sql` is a scalar subquery. A conversation belongs to the day on which it began."""

    key: str
    sql: str


# Said at least once; the panel opened and left again is no conversation. The second bound is implied by
# the first and is there for the index.
BEGUN = """
    from conversations c
    where c.org_id = :org_id and c.last_seq > 0 and c.created_at >= :since and c.created_at < :until
      and c.last_message_at >= :since
"""

CONVERSATIONS = Metric("conversations", f"select count(*) {BEGUN}")

# Nobody of the team had to write and no question stayed open.
ALONE = Metric(
    "alone",
    f"""
    select count(*) filter (
      where c.status <> 'human'
        and not exists (
          select from messages m
          where m.org_id = c.org_id and m.conversation_id = c.id and m.sender = 'human')
        and not exists (
          select from turns t
          where t.org_id = c.org_id and t.conversation_id = c.id and t.outcome in ('unknown', 'handoff')))
      * 100.0 / nullif(count(*), 0)
    {BEGUN}
    """,
)

HOT_LEADS = Metric(
    "hot_leads",
    """
    select count(*) from leads l where l.org_id = :org_id and l.score >= :hot and l.stage = 'new'
    """,
)

ANSWER_MS = Metric(
    "answer_ms",
    """
    select percentile_cont(0.5) within group (order by t.latency_ms) from turns t
    where t.org_id = :org_id and t.state = 'done' and t.created_at >= :since and t.created_at < :until
    """,
)

UNANSWERED = Metric(
    "unanswered",
    """
    select count(*) from turns t
    where t.org_id = :org_id and t.outcome = 'unknown' and t.created_at >= :since and t.created_at < :until
    """,
)

# What visitors' browsers told of the widget, each thing once: the browser's own id is the key.
_WIDGET = """
    from widget_events e
    where e.org_id = :org_id and e.created_at >= :since and e.created_at < :until
"""


@dataclass(frozen=True)
class Told(Metric):
    """One kind of what they told."""

    count: str


def _told(key: str, kind: str) -> Told:
    count = f"count(*) filter (where e.kind = '{kind}')"
    return Told(key, f"select {count} {_WIDGET}", count)


# Once a page view, when the button is there to be seen; once a page view, when somebody opens the chat; once a
# visitor, when their first message is accepted.
FUNNEL = (
    _told("impressions", "impression"),
    _told("opens", "open"),
    _told("starts", "conversation_started"),
)


def funnel_by(key: str) -> str:
    """All of the funnel in one statement, a row for each value of `key`."""
    counts = ", ".join(f"{step.count} as {step.key}" for step in FUNNEL)
    return f"select {key} as key, {counts} {_WIDGET} group by 1"


METRICS = {metric.key: metric for metric in (CONVERSATIONS, ALONE, HOT_LEADS, ANSWER_MS, UNANSWERED, *FUNNEL)}
