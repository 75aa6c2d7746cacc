"""Example rows that the catalogue still lacks: `.venv/bin/python scripts/examples.py CODE… [--write]`.

For every mutant of a predicate that no example notices (tests/indicators/mutants.py) a small row is searched on which
rule and mutant differ. Read what it proposes before `--write`: a verdict that looks wrong is a defect of the rule.
"""

from __future__ import annotations

import runpy
import sys
from pathlib import Path

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
    runpy.run_module("tests.indicators.proposals", run_name="__main__")
