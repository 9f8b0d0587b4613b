"""The bundled sample portals that `gicrawl demo` serves and the tests crawl."""
