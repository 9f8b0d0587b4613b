"""Words for bodies that publish: at home here, apart from the registry, so that naming them costs no file reading."""

from __future__ import annotations

LEVELS = ("national", "province", "prefecture", "county", "township")
"""Levels of government, the highest first."""

KINDS = ("government", "office", "department", "development_zone", "other")
"""What a body is: a government itself, its general office, a department, a zone's administration, anything else."""
