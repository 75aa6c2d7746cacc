"""Assemble: subject tables of one county as of a date, facts, parameters and coverage joined."""

from duizhang.assemble.keys import make_keys
from duizhang.assemble.stage import assemble, schema

__all__ = ["assemble", "make_keys", "schema"]
