"""Read: landed files of every kind become raw Parquet with every cell as text; a bad file is refused with a sentence."""

from duizhang.read.propose import propose_contract
from duizhang.read.reading import read
from duizhang.read.report import PartReport, ReadReport

__all__ = ["PartReport", "ReadReport", "propose_contract", "read"]
