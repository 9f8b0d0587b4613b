"""What can go wrong with an export."""


class ExportError(Exception):
    """Nothing could be exported; the message is one line with cause and remedy. What was there before is untouched."""
