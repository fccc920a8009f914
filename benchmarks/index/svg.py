"""The drawings of the benchmark, as plain SVG that reads on light and on dark pages."""

import math
import pathlib
from xml.sax.saxutils import escape

# Colours that tell apart on white and on black, the first for Kindred.
COLOURS = ("#e4572e", "#4c8bd6", "#8d6cc9", "#3aa17e", "#c2a12b", "#d4699e", "#5aa9b8", "#9a8066", "#8a8f98", "#6f9e3f")
STYLE = """<style>
text { font: 12px system-ui, sans-serif; fill: #444c56; }
.title { font-size: 15px; font-weight: 600; }
.grid { stroke: #8b949e; stroke-opacity: 0.25; }
.line { fill: none; stroke-width: 1.6; stroke-linejoin: round; }
.first { stroke-width: 3; }
@media (prefers-color-scheme: dark) { text { fill: #c9d1d9; } }
</style>"""
RECALLS = (0.8, 0.9, 0.95, 0.98, 0.99, 0.995, 0.999)


def _text(x: float, y: float, words: str, anchor: str = "start", kind: str = "") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}"{kind and f" class={chr(34)}{kind}{chr(34)}"}>{escape(words)}</text>'


def _write(path: pathlib.Path, width: int, height: int, parts: list[str]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" role="img">'
    path.write_text("\n".join([head, STYLE, *parts, "</svg>"]) + "\n", encoding="utf-8")


def _apart(heights: list[float], gap: float) -> list[float]:
    """The same heights in the same order, pushed apart until labels at them do not overlap."""
    order = sorted(range(len(heights)), key=heights.__getitem__)
    placed = list(heights)
    for above, below in zip(order, order[1:]):
        placed[below] = max(placed[below], placed[above] + gap)
    return placed


def draw_curves(path: pathlib.Path, title: str, series: dict[str, list[tuple[float, float]]]) -> None:
    """Recall against queries a second, {name: [(recall, speed)]}, the first name bold. Recall is drawn by the logarithm of what is missed,
    so that the step from 0.98 to 0.99, which halves the misses, is as wide as that from 0.9 to 0.95."""
    left, right, top, bottom, width, height = 66, 200, 44, 48, 860, 460
    shown = {name: [point for point in points if RECALLS[0] <= point[0] <= RECALLS[-1]] for name, points in series.items()}
    shown = {name: points for name, points in shown.items() if points}
    speeds = [speed for points in shown.values() for _, speed in points]
    low, high = math.log10(min(speeds)) - 0.05, math.log10(max(speeds)) + 0.05
    ends = -math.log10(1 - RECALLS[0]), -math.log10(1 - RECALLS[-1])
    along = lambda recall: left + (-math.log10(1 - recall) - ends[0]) / (ends[1] - ends[0]) * (width - left - right)
    up = lambda speed: height - bottom - (math.log10(speed) - low) / (high - low) * (height - top - bottom)

    parts = [_text(left, 24, title, kind="title")]
    for recall in RECALLS:
        parts.append(f'<line class="grid" x1="{along(recall):.1f}" y1="{top}" x2="{along(recall):.1f}" y2="{height - bottom}"/>')
        parts.append(_text(along(recall), height - bottom + 18, f"{recall:g}", "middle"))
    for speed in (step * 10**power for power in range(1, 7) for step in (1, 2, 5)):
        if low <= math.log10(speed) <= high:
            parts.append(f'<line class="grid" x1="{left}" y1="{up(speed):.1f}" x2="{width - right}" y2="{up(speed):.1f}"/>')
            parts.append(_text(left - 8, up(speed) + 4, f"{speed:,}", "end"))
    parts.append(_text((left + width - right) / 2, height - 8, "recall@10", "middle"))
    parts.append(f'<text transform="translate(14 {height / 2:.0f}) rotate(-90)" text-anchor="middle">queries a second, one thread</text>')

    names = sorted(shown, key=lambda name: -shown[name][-1][1])
    places = dict(zip(names, _apart([up(shown[name][-1][1]) for name in names], 17)))
    down = max(0, max(places.values()) - (height - bottom))
    for number, (name, points) in reversed(list(enumerate(shown.items()))):
        colour, kind = COLOURS[number % len(COLOURS)], "line first" if number == 0 else "line"
        drawn = [(along(recall), up(speed)) for recall, speed in points]
        parts.append(f'<polyline class="{kind}" stroke="{colour}" points="{" ".join(f"{x:.1f},{y:.1f}" for x, y in drawn)}"/>')
        parts += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{3 if number == 0 else 2}" fill="{colour}"/>' for x, y in drawn]
        place = places[name] - down
        parts.append(f'<path d="M{drawn[-1][0]:.1f} {drawn[-1][1]:.1f}L{width - right + 8} {place:.1f}" stroke="{colour}" stroke-opacity="0.4" '
                     'stroke-dasharray="2 3" fill="none"/>')
        parts.append(f'<circle cx="{width - right + 12}" cy="{place:.1f}" r="4" fill="{colour}"/>')
        parts.append(_text(width - right + 20, place + 4, name))
    _write(path, width, height, parts)


def draw_bars(path: pathlib.Path, title: str, panels: dict[str, dict[str, float]]) -> None:
    """A panel of horizontal bars for each of {panel: {name: value}}, side by side, all with the names of the first in its order."""
    names = list(next(iter(panels.values())))
    left, top, row, panel_width = 190, 66, 22, 300
    width, height = left + len(panels) * panel_width, top + row * len(names) + 14
    parts = [_text(16, 24, title, kind="title")]
    for number, name in enumerate(names):
        parts.append(_text(left - 10, top + row * number + 14, name, "end"))
    for column, (panel, values) in enumerate(panels.items()):
        start, largest = left + column * panel_width, max(values.values())
        parts.append(_text(start, top - 12, panel))
        for number, name in enumerate(names):
            length = values[name] / largest * (panel_width - 90)
            parts.append(f'<rect x="{start}" y="{top + row * number + 3}" width="{max(length, 1):.1f}" height="{row - 7}" rx="2" '
                         f'fill="{COLOURS[0] if number == 0 else COLOURS[8]}"/>')
            value = f"{values[name]:,.0f}" if values[name] >= 10 else f"{values[name]:.1f}"
            parts.append(_text(start + length + 6, top + row * number + 14, value))
    _write(path, width, height, parts)
