"""Two months and the people of the made-up city whose deliveries come wrong."""

from __future__ import annotations

from tests.generative.kit import A, City, number

OCTOBER, NOVEMBER = "2026-10-25", "2026-11-20"


def person(serial: int, town: str, county: str = "甲县", home: str = "") -> tuple[object, ...]:
    """A row of the national book: every number a person, a household and a name of its own."""
    return (f"p{serial}", home or f"h{serial}", f"人{serial}", number(serial), county, town)


def people(city: City, as_of: str, county: str = A) -> set[str]:
    """Who stands in the county's national book."""
    return {row["人号"] for row in city.table(as_of, "员", county)}
