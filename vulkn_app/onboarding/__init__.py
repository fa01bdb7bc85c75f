"""From a name to an agent that answers."""
