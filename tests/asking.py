"""Customers who ask, for tests of what is learnt from them; put there as the superuser."""

from datetime import timedelta
from uuid import UUID

import psycopg

from tests.conversing import a_conversation
from tests.factories import Business

DOGS = ("¿Puedo llevar a mi perro?", "se puede entrar con perros", "aceptan perro en la terraza?")


def ask(
    url: str,
    business: Business,
    text: str,
    *,
    reply: str = "",
    name: str | None = None,
    outcome: str = "unknown",
    ago: timedelta = timedelta(hours=1),
) -> UUID:
    """One customer asks, the agent does not know, and a person replies or not. Gives the conversation."""
    conversation = a_conversation(
        url, business, text, "Eso no lo sé todavía.", name=name, outcome=outcome, ago=ago
    )
    if reply:
        with psycopg.connect(url, autocommit=True) as admin:
            admin.execute(
                "insert into messages (org_id, conversation_id, sender, body, author_id) values (%s, %s, 'human', %s, %s)",
                (business.org_id, conversation, reply, business.owner.user_id),
            )
    return conversation
