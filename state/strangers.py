"""What pages leave behind whose visitor never signed in: nothing."""

from typing import Any

from reflex.istate.manager.memory import StateManagerMemory

from state.guard import Binding


def forget(app: Any) -> None:
    """Drops the state trees of tabs that are gone and belonged to nobody; Reflex alone keeps each for an hour."""
    manager = app.state_manager
    if not isinstance(manager, StateManagerMemory):  # Redis forgets by itself
        return
    sockets = app.event_namespace._token_manager.token_to_socket
    for _, token in list(manager._token_expires_at.values()):
        lock = manager._states_locks.get(token.lock_key)
        if token.ident not in sockets and not (lock and lock.locked()) and _nobodys(manager, token):
            manager._purge_token(token)


def _nobodys(manager: StateManagerMemory, token: Any) -> bool:
    tree = manager.states.get(token.cache_key)
    binding = tree.substates.get(Binding.get_name()) if tree else None
    return binding is not None and not binding._key
