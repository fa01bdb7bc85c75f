"""Organizations, conversations and their past, straight into the tables."""

import secrets

import psycopg

from tests.factories import Business, a_business

SAID = (
    ("visitor", "Hola, ¿cuánto cuesta una limpieza dental y cuánto dura?"),
    ("agent", "La limpieza dental cuesta $650 pesos y dura 40 minutos. ¿Te ayudo a agendar?"),
)


def seed(database_url: str, organizations: int, conversations: int, history: int) -> list[tuple[str, str]]:
    """Open conversations, spread evenly: (organization, visitor's hash) of each."""
    businesses = [a_business(database_url) for _ in range(organizations)]
    with psycopg.connect(database_url, autocommit=True) as admin:
        admin.execute("set session_replication_role = replica")  # no trigger numbers what is numbered here
        return [
            (str(business.org_id), _conversation(admin, business, history))
            for business in (businesses[number % organizations] for number in range(conversations))
        ]


def _conversation(admin: psycopg.Connection, business: Business, history: int) -> str:
    visitor = secrets.token_bytes(32)
    row = admin.execute(
        "with contact as (insert into contacts (org_id) values (%(org)s) returning id)"
        " insert into conversations (org_id, channel_id, contact_id, visitor_hash, last_seq)"
        " select %(org)s, (select id from channels where org_id = %(org)s limit 1), contact.id, %(visitor)s, %(last)s"
        " from contact returning id",
        {"org": business.org_id, "visitor": visitor, "last": history},
    ).fetchone()
    assert row
    admin.execute(
        "insert into messages (org_id, conversation_id, seq, sender, body, created_at)"
        " select %s, %s, n, case n %% 2 when 1 then %s else %s end, case n %% 2 when 1 then %s else %s end || ' ' ||"
        # a word of its own, so that no line is known from another conversation
        "   translate(left(md5(random()::text), 8), '0123456789', 'ghijklmnop'),"
        "   now() - interval '1 day' + n * interval '1 second' from generate_series(1, %s) n",
        (business.org_id, row[0], SAID[0][0], SAID[1][0], SAID[0][1], SAID[1][1], history),
    )
    return visitor.hex()
