"""Pull: the bytes of every arrival stored once under their sha256, and a list of what arrived under which name."""

from duizhang.pull.connections import Connection, Resolver, resolver
from duizhang.pull.landing import Arrival, arrivals, destroy, pull
from duizhang.pull.sources import SourceSpec, load_sources, source_named
from duizhang.pull.taking import pull_source

__all__ = [
    "Arrival",
    "Connection",
    "Resolver",
    "SourceSpec",
    "arrivals",
    "destroy",
    "load_sources",
    "pull",
    "pull_source",
    "resolver",
    "source_named",
]
