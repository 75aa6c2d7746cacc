"""Pull: the bytes of every arrival stored once under their sha256, and a list of what arrived under which name."""

from duizhang.pull.landing import Arrival, arrivals, pull

__all__ = ["Arrival", "arrivals", "pull"]
