"""WARC 1.1 (ISO 28500:2017) out and in, as bytes: nothing here goes through a header parser that could lose some."""
