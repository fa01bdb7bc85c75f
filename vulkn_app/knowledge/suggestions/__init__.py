"""What customers ask and the knowledge does not answer, gathered into entries that a person only has to approve."""
