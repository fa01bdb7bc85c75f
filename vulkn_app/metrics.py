"""What Prometheus reads at /metrics. No label carries an organization: their number has no bound."""

from prometheus_client import Counter, Histogram

TURNS = Counter("vulkn_turns_total", "Turns by how they ended", ["outcome"])
AHEAD = Counter(
    "vulkn_turns_begun_ahead_total",
    "Drafts begun while their message was being stored: held or dropped",
    ["outcome"],
)
TURN_SECONDS = Histogram(
    "vulkn_turn_seconds",
    "From a stored message to a stored answer",
    buckets=(0.01, 0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10, 25),
)
REFUSED = Counter("vulkn_refused_total", "Requests refused at the edge", ["code"])
WEBHOOK_EVENTS = Counter(
    "vulkn_webhook_events_total", "What WhatsApp told, by kind; orphan: of nobody's number", ["kind"]
)
