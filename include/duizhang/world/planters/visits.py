"""Planters."""
