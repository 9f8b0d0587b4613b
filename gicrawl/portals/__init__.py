"""Who publishes and where: the registry of portals."""
