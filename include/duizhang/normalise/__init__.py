"""Normalise: raw text rows become typed narrow tables; every row is loaded, quarantined or counted as not data."""

from duizhang.normalise.stage import NormReport, normalise

__all__ = ["NormReport", "normalise"]
