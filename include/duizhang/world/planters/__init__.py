"""Planters of defects, by indicator group. Importing this package fills the registry."""

from duizhang.world.planters import conditions, departments, households, identity, members, monitoring, register, visits
from duizhang.world.planters.base import REGISTRY, Planter, Raise, Site

__all__ = [
    "REGISTRY", "Planter", "Raise", "Site",
    "conditions", "departments", "households", "identity", "members", "monitoring", "register", "visits",
]
