"""Which defects stand where: slots of planters on households of their own, each with a fate for the second month."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass, field

from duizhang.world.model import House
from duizhang.world.planters import REGISTRY, Planter

SUSPICIONS = frozenset((
    "FMT-002", "PID-016", "HHD-009", "HHD-016", "HHD-021", "MEM-008", "MEM-009", "MEM-016", "MEM-017", "MEM-025", "MON-027",
    "MON-047", "MON-048", "INC-024", "GAX-008", "GAX-009", "GAX-011", "CLX-005", "CLX-006",
    "FMT-006", "FMT-011", "FMT-012", "FMT-013", "FMT-017", "HHD-010", "HHD-011", "HHD-012", "HHD-015", "HHD-017", "HHD-018",
    "HHD-019", "HHD-020", "HHD-022", "HHD-023", "HHD-024", "HHD-025", "HHD-026", "HHD-028", "HHD-031", "HHD-033", "HHD-038",
    "HHD-039", "HHD-040", "HHD-041", "HSW-004", "ZSX-003", "ZSX-004", "ZSX-008",
    "MED-004", "MED-007", "MED-008", "MZX-004", "MZX-008", "MZX-011", "MZX-014", "MZX-016", "CLX-004", "CLX-007", "CLX-008",
    "CLX-009", "YBX-006", "YBX-007", "YBX-008", "YBX-009", "YBX-010", "RSX-002", "RSX-003", "RSX-004",
    "GAX-003", "GAX-005", "GAX-007", "GAX-014", "GAX-016", "GAX-017", "GAX-019", "GAX-020", "PID-006", "PID-012", "PID-017", "REG-007",
    "REG-008",
    "MON-010", "MON-011", "MON-012", "MON-014", "MON-015", "MON-017", "MON-019", "MON-021", "MON-022", "MON-023",
    "MON-024", "MON-025", "MON-039", "MON-040", "MON-041", "MON-049", "MON-050", "MON-051", "MON-052", "MON-054",
    "CCX-001", "CCX-002", "CCX-003", "CCX-004", "CCX-005", "CCX-006", "CCX-007", "CCX-008", "CCX-014", "CCX-015",
    "SUR-014", "SUR-015", "SUR-021", "SUR-022", "SUR-023",
    "MEM-010", "MEM-011", "MEM-013", "MEM-014", "MEM-015", "MEM-018", "MEM-019", "MEM-020", "MEM-021", "MEM-022",
    "MEM-023", "MEM-024", "MEM-026", "MEM-027", "MEM-028", "MEM-031", "INC-010", "INC-011", "INC-012", "INC-013",
    "INC-014", "INC-015", "INC-017", "INC-019", "INC-021", "INC-023", "INC-028", "INC-029", "INC-030", "INC-031",
    "INC-032", "JOB-010", "JOB-012", "JOB-013", "JOB-014", "JOB-019", "JOB-022",
    "CCX-009", "CCX-010", "CCX-011", "CCX-012", "CCX-013", "LON-008", "LON-009", "LON-010", "PRC-011", "XFX-006",
    "MON-053", "VIL-009", "VIL-011", "VIL-013", "VIL-015", "PRC-007",
    "PRC-016", "PRC-017", "PRC-020", "PRC-021", "RPT-007", "RPT-008", "CLS-010", "CLS-011",
    "AID-012", "AID-014", "AID-019", "AID-020", "AID-023", "AID-024", "AID-026", "AID-027", "AID-028", "AID-029", "AID-030",
    "AID-031", "AID-032", "AID-034", "HLP-003", "HLP-004", "HLP-006", "HLP-007", "HLP-008", "MON-046", "ZSX-011", "JOB-023",
    "TPB-001", "TPB-002", "TPB-003", "TPB-004", "TPB-005", "TPB-006", "TPB-007", "TPB-008", "TPB-011", "TPB-012", "TPB-013",
    "TPB-014", "TPB-023",
    "TPB-026", "TPB-028", "TPB-029", "ZSX-014",
    "APP-003", "APP-007", "APP-009", "APP-010", "PSH-005", "PSH-012", "PSH-014", "PSH-016", "PSH-018", "XFX-001", "XFX-002", "XFX-003",
    "XFX-004", "ZSX-005",
    "MZX-013", "MZX-015", "RSX-006", "RSX-008", "RSX-009", "RSX-010", "JYX-008",
    "JYX-009", "ZSX-009", "ZSX-010", "ZSX-012", "INC-027", "VIL-010", "VIL-012",
))  # severity 疑似 in rules.tsv; GAX-011 because the register is the county's own
PRINCIPLE = frozenset(("MON-026", "MON-029"))  # 原则上: a hit may be allowed with an approval
PAST = frozenset((
    "MZX-010", "GAX-019", "CLX-010",
    "CCX-001", "CCX-002", "CCX-003", "CCX-004", "CCX-005", "CCX-006", "CCX-007", "CCX-008", "CCX-014", "CCX-015",
    "PRC-017", "PRC-019", "PRC-020", "PRC-021", "RPT-001", "RPT-002", "RPT-003", "RPT-004", "RPT-005", "RPT-006", "RPT-007",
    "RPT-008", "RPT-009", "CLS-004", "CLS-007",
    "TPB-001", "TPB-002", "TPB-003", "TPB-004", "TPB-005", "TPB-006", "TPB-007", "TPB-008", "TPB-011", "TPB-012", "TPB-013",
    "TPB-014", "TPB-023",
    "CCX-009", "CCX-010", "CCX-011", "CCX-013", "PRC-011", "XFX-005",
    "PSH-002", "PSH-003", "PSH-004", "PSH-006", "PSH-007", "PSH-008", "PSH-009", "PSH-010",
))  # what no later book can or need undo (money paid, what somebody owns): an explanation closes it
ANEW = frozenset(("SUR-022", "PRC-021"))  # what stands in the books is another event each month (another day's visits): it is asked anew
BLANK = ("SUR-008b", "SUR-014")  # planters whose mended visit leaves the cell empty: nothing proves it
FATES = ("mended", "claimed", "mended", "pending", "explained", "doubtful", "department", "silent", "unclear", "mended_silently")


@dataclass
class Slot:
    """Planters on one household (and neighbours). `months`: in which months the defect stands in the books."""

    id: str
    planters: tuple[Planter, ...]
    houses: list[House] = field(default_factory=list)
    months: tuple[int, ...] = (1, 2)
    fate: str = ""
    fresh: dict[int, str] = field(default_factory=dict)

    @property
    def near(self) -> bool:
        return self.planters[0].near

    @property
    def label(self) -> str:
        return "+".join(planter.label for planter in self.planters)

    @property
    def size(self) -> int:
        return 1 + max(planter.neighbours for planter in self.planters)


def choose(people: int, rng: random.Random, size_of: dict[str, int]) -> list[Slot]:
    """Slots for a world of `people`: as many codes as households allow when small, several cases of each when large.

    `size_of`: people in each shape. Defects take at most 70 % of the people.
    """
    repeats = max(1, min(24, people // 1_250))
    budget = int(people * 0.7)
    slots: list[Slot] = []
    for planter, nth in _sequence(rng, repeats, small=people < 1_600):
        cost = size_of[planter.shape] * (1 + planter.neighbours)
        if cost <= budget:
            budget -= cost
            slots.append(Slot(f"D{len(slots) + 1:05d}-{planter.label}-{nth}", (planter,)))
    slots += _combined(len(slots), repeats if people >= 1_600 else 1, budget)
    _fates(slots)
    return slots


def _sequence(rng: random.Random, repeats: int, *, small: bool) -> list[tuple[Planter, int]]:
    """Every planter `repeats` times, with its turn from 1: once all of them, then the codes with the fewest cases, or near misses, first.

    What may be exempted stands at the beginning, so that every world has an exemption; the people may not suffice for all.
    """
    first = sorted(_ordered(rng, small=small), key=lambda planter: planter.code not in PRINCIPLE)
    cases = Counter((planter.code, planter.near) for planter in first)
    later: list[tuple[int, Planter, int]] = []
    for turn in range(2, repeats + 1):
        for planter in _ordered(rng, small=small):
            cases[planter.code, planter.near] += 1
            later.append((cases[planter.code, planter.near], planter, turn))
    later.sort(key=lambda entry: entry[0])
    return [(planter, 1) for planter in first] + [(planter, turn) for _, planter, turn in later]


def _ordered(rng: random.Random, *, small: bool) -> list[Planter]:
    """All planters; in a small world first one of each code, group by group in turn, then near misses, then the rest."""
    if not small:
        return list(REGISTRY)
    first: dict[str, Planter] = {}
    for planter in REGISTRY:
        if not planter.near:
            first.setdefault(planter.code, planter)
    groups: dict[str, list[Planter]] = {}
    for planter in first.values():
        groups.setdefault(planter.code[:3], []).append(planter)
    for group in groups.values():
        rng.shuffle(group)
    turns = max((len(group) for group in groups.values()), default=0)
    chosen = [group[turn] for turn in range(turns) for group in groups.values() if turn < len(group)]
    nears = [planter for planter in REGISTRY if planter.near]
    rng.shuffle(nears)
    mixed: list[Planter] = []
    for n, planter in enumerate(chosen):
        mixed.append(planter)
        if n % 8 == 7 and nears:
            mixed.append(nears.pop())
    return mixed


# defects that do not touch one another: two or three on one household raise the union of what each raises
COMBINATIONS: tuple[tuple[str, ...], ...] = (
    ("MED-003a", "HHD-030a"),
    ("HHD-009a", "HSW-001a", "PID-018a"),
    ("MEM-001a", "INC-004a"),
    ("SUR-016a", "HHD-027a"),
    ("MED-002a", "INC-007a", "HHD-021a"),
    ("MON-007a", "YBX-001b", "HHD-037a"),
    ("MON-004a", "MON-045a", "HHD-009a"),
    ("MON-026a", "MON-032a"),
    ("CLX-006b", "MED-003a"),
    ("MZX-002a", "HHD-005a"),
    ("MZX-001a", "SUR-027a"),
    ("GAX-012a", "SUR-007a", "HSW-001a"),
    ("MEM-031a", "INC-002a", "JOB-018b"),
    ("INC-014a", "JOB-021a"),
    ("INC-011a", "MEM-028a", "HHD-030a"),
    ("JOB-005b", "INC-025a", "MED-003a"),
    ("INC-026b", "INC-030b"),
    ("HHD-028a", "HHD-034b", "ZSX-006b"),
    ("HHD-022a", "HHD-036a", "HHD-032b"),
    ("HHD-010a", "HHD-038c"),
    ("HHD-033c", "FMT-017a", "HHD-035a"),
    ("ZSX-001a", "HHD-029a"),
    ("MZX-014a", "YBX-007a", "MED-004a"),
    ("CLX-007a", "MED-003a"),
    ("MZX-006a", "INC-004a"),
    ("YBX-009b", "MED-007a"),
    ("RSX-002b", "YBX-010a"),
    ("CLX-009a", "MZX-004a"),
    ("GAX-004a", "GAX-019b", "HHD-030a"),
    ("GAX-003a", "GAX-020a"),
    ("GAX-015b", "HHD-009a", "MED-003a"),
    ("GAX-006b", "GAX-023a", "SUR-027a"),
    ("EDU-004a", "GAX-016a"),
    ("MON-012a", "PRC-008a", "SUR-024a"),
    ("MON-034a", "MON-039a"),
    ("CCX-006a", "SUR-021a"),
    ("MON-008a", "CCX-014a"),
    ("SUR-010a", "SUR-023b", "CCX-003a"),
)
RENUMBERED = ("MED-003a", "HHD-030a")


def _combined(start: int, repeats: int, budget: int) -> list[Slot]:
    labels = {planter.label: planter for planter in REGISTRY}
    slots: list[Slot] = []
    for _ in range(repeats):
        for names in COMBINATIONS:
            if any(name not in labels for name in names):
                continue
            if repeats == 1 and budget < 40 and names != RENUMBERED:
                continue
            slots.append(Slot(f"D{start + len(slots) + 1:05d}-{'+'.join(names)}", tuple(labels[name] for name in names)))
    return slots


def _fates(slots: list[Slot]) -> None:
    """Spreads the fates; suspicions are often found not so, and what an approval may allow is first of all explained."""
    renumbered = False
    suspicions = 0
    allowed: set[str] = set()
    labels: dict[str, int] = {}
    times: Counter[str] = Counter()
    for slot in slots:
        if slot.near:
            slot.fate = "near"
            continue
        label = slot.label
        if label == "+".join(RENUMBERED) and not renumbered:
            slot.fate, renumbered = "renumbered", True
            continue
        nth, turn = labels.setdefault(label, len(labels)), times[label]
        times[label] += 1
        if (nth + turn) % 7 == 3 and not {planter.code for planter in slot.planters} & PRINCIPLE - allowed:
            slot.fate, slot.months = "new", (2,)
            continue
        fate = FATES[(nth * 3 + nth // 10 + turn * 7) % len(FATES)]
        mendable = all(planter.mendable for planter in slot.planters)
        slot.fate = "claimed" if fate.startswith("mended") and not mendable else fate
        codes = {planter.code for planter in slot.planters}
        if codes <= SUSPICIONS:
            suspicions += 1
            slot.fate = "doubtful" if suspicions % 2 else slot.fate
        elif codes & PRINCIPLE - allowed:
            allowed |= codes
            slot.fate = "explained"
        if slot.fate.startswith("mended"):
            slot.months = (1,)
