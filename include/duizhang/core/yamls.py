"""YAML by libyaml where it is there: reading the catalogue in plain Python costs seconds of every process."""

from __future__ import annotations

from typing import Any

import yaml

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def load_yaml(text: str) -> Any:
    """What `yaml.safe_load` makes of `text`. Raises yaml.YAMLError."""
    return yaml.load(text, Loader=_LOADER)
