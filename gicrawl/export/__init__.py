"""Open data out, one module a format."""
