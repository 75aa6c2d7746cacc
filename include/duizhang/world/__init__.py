"""The known-answer world: a made-up city whose every defect is known.

It imports nothing of the stages and reads no contract and no catalogue entry: it reasons about defects by itself.
"""

from duizhang.world.make import WorldReport, make

__all__ = ["WorldReport", "make"]
