"""Planters of defects, by indicator group. Importing this package fills the registry."""

from duizhang.world.planters import (
    assets,
    conditions,
    departments,
    doors,
    doubles,
    households,
    houses,
    housing,
    identity,
    illness,
    members,
    monitoring,
    moves,
    regions,
    register,
    townships,
    visits,
    watching,
    welfare,
)
from duizhang.world.planters.base import REGISTRY, Planter, Raise, Site

__all__ = [
    "REGISTRY", "Planter", "Raise", "Site",
    "assets", "conditions", "departments", "doors", "doubles", "households", "houses", "housing", "identity",
    "illness", "members", "monitoring", "moves", "regions", "register", "townships", "visits", "watching", "welfare",
]
