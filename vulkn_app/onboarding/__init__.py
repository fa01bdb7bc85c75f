"""From a name to an agent that answers: the six steps, each of them one transaction with its mark."""
