"""What goes wrong with deliveries in the second month, and what can therefore not be said."""

from __future__ import annotations

from dataclasses import dataclass, field

from duizhang.world.model import Month, Village
from duizhang.world.truth import TruthRow

ABSENT_FEED = "残疾人证"
SILENT_CODES = (
    "CLX-001", "CLX-002", "CLX-003", "CLX-005", "CLX-006", "CLX-004", "CLX-007", "CLX-008", "CLX-009",
    "MON-053", "VIL-011",
    "TPB-013", "TPB-021", "TPB-023", "TPB-028",
)  # the rules that read the absent feed
SPOKEN_OF_HOUSEHOLDS = ("APP-005", "APP-010", "XFX-001", "XFX-002", "XFX-003", "XFX-004")  # of applications and clues: they read the national book


@dataclass
class Mishaps:
    """What goes wrong with deliveries in the second month; empty names mean: nothing."""

    missing_town: str = ""
    twice_town: str = ""
    absent_county: str = ""
    again: list[str] = field(default_factory=list)

    def silences(self, month: Month, row: TruthRow, towns: dict[str, str]) -> bool:
        """Whether nothing can be said of `row`: its town, or the feed it reads, was not delivered. `towns`: by 户编号."""
        if month.number != 2 or row.kind == "delivery" or not self.missing_town:
            return False
        if row.code in SILENT_CODES and row.county == self.absent_county:
            return True
        if row.kind in ("application", "clue") and row.code not in SPOKEN_OF_HOUSEHOLDS:
            return False  # it stands on books of the whole county alone
        if row.kind == "county":  # a county is judged when all its towns have been delivered
            return self.missing_town.startswith(row.key)
        if row.kind == "payout" and holder(row) not in towns:  # whom no book has may be of the missing town
            return self.missing_town.startswith(row.county)
        return row.key[:9] == self.missing_town if row.kind == "village" else towns.get(holder(row)) == self.missing_town

    def report(self, months: int) -> dict[str, object]:
        """What world.json says of it."""
        if months == 1 or not self.missing_town:
            return {}
        return {
            "missing_town": self.missing_town, "delivered_twice": self.twice_town, "sent_again": self.again,
            "absent_feed": {"feed": ABSENT_FEED, "county": self.absent_county, "codes": list(SILENT_CODES)},
        }


def holder(row: TruthRow) -> str:
    """Of the household that a truth row is about: its 户编号, or a member's number, or the part of it that a payment's number has."""
    if row.kind == "person":
        return row.key[:-2]
    if row.kind == "work_spell":
        return row.key.split("|", 1)[0][:-2]
    if row.kind == "case":
        return row.key.rsplit("|", 1)[1]
    if row.kind == "payout":  # its number ends with a part of that of who was paid
        return row.key[-13:]
    if row.kind == "clue":  # its number begins with the household's, or is its head's own
        number = row.key.split("|")[2]
        return number if len(number) == 18 and number[:17].isdigit() else number[:12]
    return row.key.split("|")[1][:12] if row.kind == "application" else row.key.split("|", 1)[0]


def draw(villages: list[Village], wanted: bool) -> Mishaps:
    """The missing town in the first county, the corrected one in the second, the absent feed in the last."""
    if not wanted:
        return Mishaps()
    counties = sorted({village.county for village in villages})
    towns = {county: sorted({v.town for v in villages if v.county == county}) for county in counties}
    return Mishaps(
        missing_town=towns[counties[0]][-1], twice_town=towns[counties[1]][-1] if len(counties) > 1 else "",
        absent_county=counties[-1],
    )
