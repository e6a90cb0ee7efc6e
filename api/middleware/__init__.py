"""ASGI middleware: who may ask, how much at once, and how long a client may take."""
