"""Divisions, the years they were valid, and their successors."""
