"""Documents into a searchable store: load, segment, chunk, embed, store, sync. Knows nothing of questions."""
