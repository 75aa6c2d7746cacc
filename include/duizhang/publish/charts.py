"""Bar charts as inline SVG: no script, no font of their own, readable in black and white."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup, escape

_BAR, _GAP, _LABEL, _WIDTH = 16, 7, 200, 560
_FILLS = {"错误": "#b42318", "疑似": "#e0a100", "命中": "#1f4e79"}


def bars(rows: Sequence[tuple[str, Sequence[tuple[str, int]]]], title: str) -> Markup:
    """Horizontal stacked bars: (label, [(part, count) …]) each; all counts share one scale. Empty markup for no row."""
    if not rows:
        return Markup("")
    most = max(max(sum(count for _, count in parts) for _, parts in rows), 1)
    scale = (_WIDTH - _LABEL - 60) / most
    height = len(rows) * (_BAR + _GAP) + _GAP
    shapes = [_bar(label, parts, _GAP + at * (_BAR + _GAP), scale) for at, (label, parts) in enumerate(rows)]
    return Markup(
        '<svg viewBox="0 0 {} {}" role="img" aria-label="{}" xmlns="http://www.w3.org/2000/svg">{}</svg>'
    ).format(_WIDTH, height, title, Markup("").join(shapes))


def _bar(label: str, parts: Sequence[tuple[str, int]], top: int, scale: float) -> Markup:
    shapes = [
        Markup('<text x="{}" y="{}" text-anchor="end">{}</text>').format(_LABEL - 8, top + 12.5, _cut(label))
    ]
    left = float(_LABEL)
    for part, count in parts:
        width = round(count * scale, 1)
        if count:
            shapes.append(
                Markup('<rect x="{}" y="{}" width="{}" height="{}" fill="{}"><title>{}</title></rect>').format(
                    round(left, 1), top, max(width, 1), _BAR, _FILLS[part], f"{label} {part} {count}"
                )
            )
        left += width
    total = " + ".join(str(count) for _, count in parts) if len(parts) > 1 else str(parts[0][1])
    shapes.append(Markup('<text x="{}" y="{}">{}</text>').format(round(left + 6, 1), top + 12.5, escape(total)))
    return Markup("<g>{}</g>").format(Markup("").join(shapes))


def _cut(label: str, most: int = 14) -> str:
    """A label that fits its column; the tooltip has it whole."""
    return label if len(label) <= most else label[: most - 1] + "…"
