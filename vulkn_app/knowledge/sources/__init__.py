"""Files and pages that need more than decoding: read in a process of their own, which may be killed."""
