"""What can go wrong with parsing an archive, apart from the archive itself (`gicrawl.archive.errors`)."""


class CorpusError(Exception):
    """A re-parse could not do its work; the message is one line with cause and remedy."""


class WorkersLost(CorpusError):
    """Worker processes end before they touch a document."""
