"""Quotewise in other programs: clients of its HTTP API, and components of LangChain, LlamaIndex and Haystack."""
