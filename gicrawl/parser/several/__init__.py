"""Which of several files, prints and years is this report: what is its own is kept, what differs is open."""
