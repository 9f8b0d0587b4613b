"""What can go wrong with parsing an archive, apart from the archive itself (`gicrawl.archive.errors`)."""


class CorpusError(Exception):
    """A re-parse could not do its work; the message is one line with cause and remedy."""


class WorkersLost(CorpusError):  # noqa: N818 - says what happened, as the archive's errors do
    """Worker processes end before they touch a document."""
