"""A second transcription of rules, from 判定式 and 空值 of the register of rules alone, by readers who had not seen the entries.

Each function takes a row of the entry's subject (column → plain value, None where empty) and says True (hit), False (not)
or None (unknown); where a column is a fact that answers part of a 判定式, its answer counts. READINGS says where the entry
reads the text otherwise, by a reading of its own (its notes), why that stands, and that the function follows it.
"""

from __future__ import annotations

from tests.indicators.second_reading import departments, income, monitoring, people, standards, support, tasks, visits
from tests.indicators.second_reading.kit import Reader

PARTS = (departments, income, monitoring, people, standards, support, tasks, visits)
READERS: dict[str, Reader] = {code: reader for part in PARTS for code, reader in part.REGISTRY.items()}
READINGS: dict[str, str] = {code: text for part in PARTS for code, text in part.READINGS.items()}

__all__ = ["PARTS", "READERS", "READINGS", "Reader"]
