"""A question into a cited answer: retrieve, fuse, read, select evidence, cite. Knows nothing of HTTP."""
