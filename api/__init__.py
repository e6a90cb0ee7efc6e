"""The ways in: HTTP service and command line."""
