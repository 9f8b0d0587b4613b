"""Who publishes reports, and where: the registry of portals."""
