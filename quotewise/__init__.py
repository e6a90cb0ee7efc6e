"""Answers questions about a folder of documents in the documents' own words, with citations that can be checked."""
