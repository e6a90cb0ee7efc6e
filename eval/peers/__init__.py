"""Other systems beside ours: the same documents, questions, machine and weights, so that what differs is the system."""
