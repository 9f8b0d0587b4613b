"""Parses, cells, facts and checks in the archive; re-parsing; what users see of them."""
