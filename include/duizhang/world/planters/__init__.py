"""Planters of defects, by indicator group. Importing this package fills the registry."""

from duizhang.world.planters import (
    assets,
    attributes,
    conditions,
    departments,
    doors,
    doubles,
    households,
    houses,
    housing,
    identity,
    illness,
    income,
    income_records,
    income_villages,
    kin,
    members,
    monitoring,
    moves,
    overlooked,
    posts,
    procedures,
    pupils,
    reckoning,
    regions,
    register,
    townships,
    visits,
    watching,
    welfare,
    work,
)
from duizhang.world.planters.base import REGISTRY, Planter, Raise, Site

__all__ = [
    "REGISTRY", "Planter", "Raise", "Site",
    "assets", "attributes", "conditions", "departments", "doors", "doubles", "households", "houses", "housing",
    "identity", "illness", "income", "income_records", "income_villages", "kin", "members", "monitoring", "moves", "posts",
    "overlooked", "procedures", "pupils", "reckoning", "regions", "register", "townships", "visits", "watching", "welfare",
    "work",
]
