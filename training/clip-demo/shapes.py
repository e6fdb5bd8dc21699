"""Outlines of the thirteen kinds, in a square from −1 to 1 with y downwards.

Every function draws its measures from `rng`, so no two garments have one cut.
An outline is a list of points; `details` are strokes and patches on top of it.
"""
from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

Points = list[tuple[float, float]]


@dataclass
class Shape:
    outlines: list[Points]
    """Filled with the fabric."""
    strokes: list[tuple[Points, float]] = field(default_factory=list)
    """Seams: a line and its width."""
    patches: list[tuple[Points, str]] = field(default_factory=list)
    """Parts of another stuff: `sole` (pale), `heel` (dark), `lining` (darker fabric), `metal`."""
    rings: list[tuple[Points, float]] = field(default_factory=list)
    """Handles: lines as wide as said, of the fabric's own colour."""


def mirrored(half: Points) -> Points:
    """A closed outline from its right half, top to bottom."""
    return half + [(-x, y) for x, y in reversed(half)]


def curve(points: Points, steps: int = 6, closed: bool = False) -> Points:
    """A Catmull–Rom spline through the points."""
    p = np.array(points, dtype=float)
    p = np.vstack([p[-1:], p, p[:2]]) if closed else np.vstack([2 * p[0] - p[1], p, 2 * p[-1] - p[-2]])
    t = np.linspace(0, 1, steps, endpoint=False)[:, None]
    out = []
    for a, b, c, d in zip(p, p[1:], p[2:], p[3:]):
        out.append(0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * b - a - 3 * c + d) * t**3))
    out = np.vstack([*out] if closed else [*out, p[-2:-1]])
    return [(float(x), float(y)) for x, y in out]


def disc(x: float, y: float, rx: float, ry: float, steps: int = 20) -> Points:
    angles = np.linspace(0, 2 * np.pi, steps, endpoint=False)
    return [(x + rx * np.cos(a), y + ry * np.sin(a)) for a in angles]


def shirt(rng: np.random.Generator) -> Shape:
    j = rng.uniform(-0.05, 0.05, 6)
    half = [(0.17, -0.84), (0.52 + j[0], -0.70), (0.74, -0.20), (0.96 + j[1], 0.42 + j[2]), (0.74 + j[1], 0.50 + j[2]),
            (0.50, -0.14), (0.52 + j[3], 0.84 + j[4]), (0.25, 0.90 + j[4])]
    shape = Shape([mirrored(half)])
    shape.strokes += [([(0, -0.72), (0, 0.88)], 0.018), ([(0.05, -0.72), (0.05, 0.88)], 0.012)]
    shape.patches += [(disc(0.025, y, 0.022, 0.022, 8), "metal") for y in np.arange(-0.5, 0.85, 0.24)]
    for side in (-1, 1):
        shape.patches.append(([(0, -0.68), (side * 0.20, -0.90), (side * 0.27, -0.74), (side * 0.12, -0.52)], "lining"))
        shape.strokes.append(([(side * (0.90 + j[1]), 0.30 + j[2]), (side * (0.69 + j[1]), 0.38 + j[2])], 0.02))
    return shape


def tshirt(rng: np.random.Generator) -> Shape:
    j = rng.uniform(-0.05, 0.05, 5)
    neck = curve([(0.24, -0.80), (0.14, -0.66), (0, -0.60 + j[0]), (-0.14, -0.66), (-0.24, -0.80)])
    right = [(0.60 + j[1], -0.66), (0.98 + j[2], -0.24), (0.76, -0.02), (0.56, -0.22), (0.56 + j[3], 0.82 + j[4])]
    shape = Shape([list(reversed(neck)) + right + [(-x, y) for x, y in reversed(right)]])
    shape.strokes.append(([(x * 1.12, y + 0.05) for x, y in neck], 0.02))
    for side in (-1, 1):
        shape.strokes.append(([(side * (0.92 + j[2]), -0.27), (side * 0.74, -0.07)], 0.016))
    return shape


def jacket(rng: np.random.Generator) -> Shape:
    j = rng.uniform(-0.05, 0.05, 6)
    half = [(0.20, -0.84), (0.60 + j[0], -0.70), (0.84, -0.16), (1.00 + j[1], 0.50 + j[2]), (0.72 + j[1], 0.58 + j[2]),
            (0.60, 0.02), (0.64 + j[3], 0.74 + j[4]), (0.30, 0.78 + j[4])]
    shape = Shape([mirrored(half)])
    gap = 0.16 + j[5]
    shape.patches.append(([(-0.20, -0.84), (0.20, -0.84), (gap * 0.5, -0.1), (gap, 0.77 + j[4]), (-gap, 0.77 + j[4]),
                           (-gap * 0.5, -0.1)], "lining"))
    for side in (-1, 1):
        shape.strokes.append(([(side * 0.22, -0.84), (side * 0.42, -0.52), (side * 0.30, -0.46), (side * 0.08, -0.08)], 0.03))
        shape.strokes.append(([(side * gap * 0.5, -0.1), (side * gap, 0.77 + j[4])], 0.03))
        shape.strokes.append(([(side * 0.34, 0.34), (side * 0.56, 0.28)], 0.035))
    return shape


def pants(rng: np.random.Generator) -> Shape:
    j = rng.uniform(-0.05, 0.05, 4)
    shape = Shape([mirrored([(0.38 + j[0], -0.95), (0.46, -0.45), (0.47 + j[1], 0.95), (0.15 + j[2], 0.95), (0.02, -0.30 + j[3])])])
    shape.strokes += [([(-0.40, -0.82), (0.40, -0.82)], 0.022), ([(0, -0.82), (0, -0.32 + j[3])], 0.016)]
    shape.strokes += [([(s * 0.40, -0.60), (s * 0.24, -0.80)], 0.018) for s in (-1, 1)]
    return shape


def shorts(rng: np.random.Generator) -> Shape:
    j = rng.uniform(-0.05, 0.05, 4)
    shape = Shape([mirrored([(0.52 + j[0], -0.62), (0.62, -0.15), (0.74 + j[1], 0.55 + j[2]), (0.14, 0.60 + j[2]), (0.02, 0.05 + j[3])])])
    shape.strokes += [([(-0.54, -0.46), (0.54, -0.46)], 0.024), ([(0, -0.46), (0, 0.05 + j[3])], 0.018)]
    shape.strokes += [([(s * 0.58, -0.20), (s * 0.36, -0.44)], 0.02) for s in (-1, 1)]
    shape.strokes += [([(s * 0.71, 0.47 + j[2]), (s * 0.13, 0.52 + j[2])], 0.014) for s in (-1, 1)]
    return shape


def skirt(rng: np.random.Generator) -> Shape:
    j = rng.uniform(-0.06, 0.06, 4)
    hem = curve([(0.84 + j[0], 0.62 + j[1]), (0.42, 0.74 + j[1]), (0, 0.77 + j[1]), (-0.42, 0.74 + j[1]), (-0.84 - j[0], 0.62 + j[1])])
    shape = Shape([[(-0.34 + j[2], -0.68), (0.34 - j[2], -0.68)] + hem])
    shape.strokes.append(([(-0.38 + j[2], -0.54), (0.38 - j[2], -0.54)], 0.026))
    for n in range(1, 5):
        x = -1 + 2 * n / 5
        shape.strokes.append(([(x * 0.34, -0.52), (x * (0.84 + j[0]), 0.70 + j[1])], 0.014))
    return shape


def dress(rng: np.random.Generator) -> Shape:
    j = rng.uniform(-0.05, 0.05, 5)
    right = [(0.26, -0.94), (0.34, -0.92), (0.40, -0.52), (0.25 + j[0], -0.14), (0.70 + j[1], 0.86 + j[2])]
    hem = curve([(0.70 + j[1], 0.86 + j[2]), (0.3, 0.94 + j[2]), (-0.3, 0.94 + j[2]), (-0.70 - j[1], 0.86 + j[2])])[1:-1]
    neck = curve([(-0.26, -0.94), (-0.12, -0.66 + j[3]), (0.12, -0.66 + j[3]), (0.26, -0.94)])
    shape = Shape([neck + right[1:] + hem + [(-x, y) for x, y in reversed(right[1:])]])
    shape.strokes.append(([(-0.25 - j[0], -0.14), (0.25 + j[0], -0.14)], 0.04))
    shape.strokes += [([(x * 0.2, -0.1), (x * 0.5, 0.86)], 0.012) for x in (-1, 0, 1)]
    return shape


def shoes(rng: np.random.Generator) -> Shape:
    j = rng.uniform(-0.04, 0.04, 4)
    upper = curve([(-0.86, -0.42 + j[0]), (-0.50, -0.46), (-0.30, -0.36), (0.10, -0.10 + j[1]), (0.60, 0.02), (0.92, 0.20 + j[2]), (0.94, 0.36)])
    shape = Shape([upper + [(-0.90, 0.36), (-0.92, 0.0)]])
    shape.patches += [([(-0.93, 0.34), (0.98, 0.34), (0.98, 0.44), (-0.93, 0.44)], "heel"),
                      ([(-0.93, 0.40), (-0.42, 0.40), (-0.46, 0.62), (-0.93, 0.62)], "heel")]
    shape.strokes += [(curve([(0.50, 0.0), (0.44, 0.16), (0.52, 0.34)]), 0.03), (curve([(-0.40, -0.40), (-0.30, 0.0), (0.0, 0.16), (0.44, 0.16)]), 0.02)]
    shape.strokes += [([(-0.28 + 0.11 * n, -0.32 + 0.07 * n), (-0.16 + 0.11 * n, -0.14 + 0.07 * n)], 0.03) for n in range(3)]
    return shape


def sneakers(rng: np.random.Generator) -> Shape:
    j = rng.uniform(-0.04, 0.04, 4)
    upper = curve([(-0.84, -0.50 + j[0]), (-0.62, -0.36), (-0.34, -0.46), (0.06, -0.16 + j[1]), (0.50, 0.0), (0.86, 0.10 + j[2]), (0.96, 0.36)])
    shape = Shape([upper + [(-0.92, 0.36), (-0.92, -0.1)]])
    sole = curve([(-0.98, 0.26), (-0.4, 0.32), (0.2, 0.30), (0.98, 0.26)]) + [(1.0, 0.50), (0.86, 0.60), (-0.90, 0.60), (-1.0, 0.48)]
    toe = curve([(0.58, 0.02), (0.86, 0.10 + j[2]), (0.98, 0.30)]) + [(0.64, 0.32)]
    shape.patches += [(toe, "sole"), (sole, "sole")]
    shape.patches += [([(a, b), (a + 0.15, b + 0.16), (a + 0.11, b + 0.19), (a - 0.04, b + 0.03)], "sole")
                      for a, b in ((-0.30 + 0.15 * n, -0.42 + 0.12 * n) for n in range(4))]
    shape.strokes.append(([(-1.0, 0.46), (1.0, 0.46)], 0.02))
    return shape


def heels(rng: np.random.Generator) -> Shape:
    j = rng.uniform(-0.04, 0.04, 4)
    outline = curve([(-0.80, -0.52 + j[0]), (-0.60, -0.30), (-0.20, 0.06 + j[1]), (0.30, 0.34), (0.52, 0.26), (0.98, 0.56)])
    outline += [(0.98, 0.66), (0.42, 0.66)] + curve([(0.36, 0.64), (0.0, 0.42), (-0.40, 0.10), (-0.70, 0.06)])
    heel = [(-0.90, -0.20), (-0.62, 0.02), (-0.72, 0.30), (-0.76 + j[2], 0.68), (-0.86 + j[2], 0.68), (-0.90, 0.20)]
    shape = Shape([outline + [(-0.90, -0.10)], heel])
    shape.patches.append(([(-0.86 + j[2], 0.62), (-0.76 + j[2], 0.62), (-0.76 + j[2], 0.68), (-0.86 + j[2], 0.68)], "heel"))
    shape.strokes.append((curve([(-0.70, 0.06), (-0.40, 0.10), (0.0, 0.42), (0.36, 0.64), (0.98, 0.65)]), 0.03))
    return shape


def flats(rng: np.random.Generator) -> Shape:
    j = rng.uniform(-0.04, 0.04, 4)
    top = curve([(-0.94, -0.34 + j[0]), (-0.74, -0.06), (-0.20, 0.06 + j[1]), (0.22, 0.02), (0.40, -0.20 + j[2])])
    toe = curve([(0.40, -0.20 + j[2]), (0.70, -0.08), (0.92, 0.12), (0.98, 0.36)])
    shape = Shape([top + toe[1:] + [(-0.94, 0.36)]])
    shape.patches.append(([(-0.95, 0.33), (0.99, 0.33), (0.99, 0.39), (-0.95, 0.39)], "heel"))
    shape.patches += [([(0.46, -0.18 + j[2]), (0.46 + s * 0.18, -0.31 + j[2]), (0.46 + s * 0.18, -0.05 + j[2])], "lining") for s in (-1, 1)]
    shape.strokes.append(([(x, y + 0.04) for x, y in top], 0.02))
    return shape


def bag(rng: np.random.Generator) -> Shape:
    j = rng.uniform(-0.06, 0.06, 4)
    body = [(-0.66 + j[0], -0.18), (0.66 - j[0], -0.18), (0.84 + j[1], 0.78 + j[2]), (-0.84 - j[1], 0.78 + j[2])]
    shape = Shape([body])
    shape.rings.append((curve([(-0.40, -0.16), (-0.36, -0.62), (0, -0.86 + j[3]), (0.36, -0.62), (0.40, -0.16)]), 0.09))
    shape.strokes += [([(-0.69, 0.02), (0.69, 0.02)], 0.026), ([(-0.80, 0.62), (0.80, 0.62)], 0.016)]
    shape.patches += [(disc(0, 0.03, 0.09, 0.07, 12), "metal")]
    return shape


def hat(rng: np.random.Generator) -> Shape:
    j = rng.uniform(-0.06, 0.06, 3)
    dome = curve([(-0.52, 0.26), (-0.50 + j[0], -0.34), (-0.26, -0.58 + j[1]), (0.26, -0.58 + j[1]), (0.50 - j[0], -0.34), (0.52, 0.26)])
    brim = disc(0, 0.30, 0.98, 0.26 + j[2], 28)
    shape = Shape([dome, brim])
    shape.patches.append((curve([(-0.52, 0.08), (0, 0.18), (0.52, 0.08)]) + list(reversed(curve([(-0.52, 0.24), (0, 0.34), (0.52, 0.24)]))), "heel"))
    shape.strokes.append((curve([(-0.52, 0.25), (0, 0.35), (0.52, 0.25)]), 0.02))
    return shape


SHAPES = {
    "shirt": shirt, "t-shirt": tshirt, "jacket": jacket, "pants": pants, "shorts": shorts, "skirt": skirt,
    "shoes": shoes, "sneakers": sneakers, "heels": heels, "flats": flats, "bag": bag, "hat": hat, "dress": dress,
}
