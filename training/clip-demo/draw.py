"""Draws garments and swatches: antialiased, each with its own cut, pose, light and noise."""
from __future__ import annotations

import colorsys
import io

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from shapes import SHAPES, disc
from wardrobe import COLOURS, SWATCH, TONES, Thing

OVERSAMPLE = 2
RGB = tuple[int, int, int]
# One of the ten Monk Skin Tone colours each, light to dark: https://skintone.google/ (CC BY 4.0).
MONK_TONES = ("f6ede4", "f3e7db", "f7ead0", "eadaba", "d7bd96", "a07e56", "825c43", "604134", "3a312a", "292420")


def draw(thing: Thing, rng: np.random.Generator, size: tuple[int, int] = (224, 224), studio: bool = False) -> Image.Image:
    """A picture of the thing. `studio`: upright, filling the frame, on a pale ground, as in a catalogue."""
    image = draw_swatch(thing, rng, size) if thing.kind == SWATCH else draw_garment(thing, rng, size, studio)
    pixels = np.asarray(image, dtype=np.float32)
    pixels = pixels * light(size, rng) + rng.normal(0, rng.uniform(0.5, 4.0), (size[1], size[0], 1))
    image = Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8))
    if rng.random() < 0.5:
        buffer = io.BytesIO()
        image.save(buffer, "JPEG", quality=int(rng.integers(70, 96)))
        image = Image.open(buffer).convert("RGB")
    return image


def light(size: tuple[int, int], rng: np.random.Generator) -> np.ndarray:
    """Brightness over the picture: a gradient in some direction around one."""
    y, x = np.mgrid[-1 : 1 : size[1] * 1j, -1 : 1 : size[0] * 1j]
    angle = rng.uniform(0, 2 * np.pi)
    slope = rng.uniform(0, 0.12)
    return (rng.uniform(0.92, 1.05) + slope * (np.cos(angle) * x + np.sin(angle) * y))[..., None].astype(np.float32)


def shade_of(colour: str, rng: np.random.Generator) -> RGB:
    """One of the shades that go by the colour's name."""
    hue, saturation, value = (rng.uniform(*span) for span in COLOURS[colour])
    return tuple(int(255 * c) for c in colorsys.hsv_to_rgb(hue % 360 / 360, saturation, value))  # type: ignore[return-value]


def mix(a: RGB, b: RGB, share: float) -> RGB:
    """`a` with that share of `b`."""
    return tuple(int(x + (y - x) * share) for x, y in zip(a, b))  # type: ignore[return-value]


def brightness(colour: RGB) -> float:
    return (0.3 * colour[0] + 0.59 * colour[1] + 0.11 * colour[2]) / 255


class Pose:
    """Where the garment lies: from its own square to pixels of the oversampled canvas."""

    def __init__(self, rng: np.random.Generator, size: tuple[int, int], studio: bool):
        reach = min(size) / 2 * OVERSAMPLE
        turn = rng.uniform(-0.05, 0.05) if studio else rng.uniform(-0.3, 0.3)
        self.scale = reach * (rng.uniform(0.88, 0.96) if studio else rng.uniform(0.62, 0.92))
        stretch = rng.uniform(0.92, 1.08, 2)
        flip = rng.choice([-1, 1])
        shear = rng.uniform(-0.08, 0.08)
        cos, sin = np.cos(turn), np.sin(turn)
        self.matrix = self.scale * np.array([[cos, -sin], [sin, cos]]) @ np.array([[flip * stretch[0], shear], [0, stretch[1]]])
        free = max(0.0, reach - self.scale) * 0.8
        self.centre = np.array(size) * OVERSAMPLE / 2 + rng.uniform(-free, free, 2)

    def __call__(self, points) -> list[tuple[float, float]]:
        return [tuple(p) for p in (np.asarray(points) @ self.matrix.T + self.centre)]


def draw_garment(thing: Thing, rng: np.random.Generator, size: tuple[int, int], studio: bool) -> Image.Image:
    canvas = (size[0] * OVERSAMPLE, size[1] * OVERSAMPLE)
    base = shade_of(thing.colour, rng)
    shape = SHAPES[thing.kind](rng)
    pose = Pose(rng, size, studio)
    ground = background(base, rng, studio)

    mask = Image.new("L", canvas)
    pen = ImageDraw.Draw(mask)
    for outline in shape.outlines:
        pen.polygon(pose(outline), fill=255)
    for line, width in shape.rings:
        pen.line(pose(line), fill=255, width=max(1, int(width * pose.scale)), joint="curve")

    cloth = Image.new("RGB", canvas, base)
    weave(thing.pattern, base, ImageDraw.Draw(cloth, "RGBA"), pose, rng)

    picture = Image.new("RGB", canvas, ground)
    depth = rng.uniform(0, 0.35)
    if depth > 0.05:
        small = mask.resize(size, Image.Resampling.BOX).filter(ImageFilter.GaussianBlur(rng.uniform(2, 6)))
        shadow = Image.new("L", size)
        shadow.paste(small.point(lambda v: int(v * depth)), tuple(int(s) for s in rng.integers(-6, 9, 2)))
        picture.paste(mix(ground, (0, 0, 0), 0.8), mask=shadow.resize(canvas))
    picture.paste(cloth, mask=mask)

    pen = ImageDraw.Draw(picture)
    edge = mix(base, (0, 0, 0), 0.45) if brightness(base) > 0.2 else mix(base, (255, 255, 255), 0.3)
    stuffs = {
        "sole": mix((245, 245, 240), base, 0.06), "heel": mix((40, 34, 30), base, 0.25),
        "lining": mix(base, (0, 0, 0), 0.4) if brightness(base) > 0.2 else mix(base, (255, 255, 255), 0.18),
        "metal": mix((215, 210, 200), base, 0.1) if brightness(base) < 0.75 else (120, 116, 110),
    }
    width = max(2, int(0.014 * pose.scale))
    for outline in shape.outlines:
        at = pose(outline)
        pen.line([*at, at[0]], fill=edge, width=width, joint="curve")
    for points, stuff in shape.patches:
        at = pose(points)
        pen.polygon(at, fill=stuffs[stuff])
        pen.line([*at, at[0]], fill=edge, width=max(1, width // 2))
    for line, thick in shape.strokes:
        pen.line(pose(line), fill=edge, width=max(1, int(thick * pose.scale * 0.7)), joint="curve")
    return picture.resize(size, Image.Resampling.BOX)


def background(base: RGB, rng: np.random.Generator, studio: bool) -> RGB:
    """A wall, faintly tinted, that the garment stands out from."""
    while True:
        value = rng.uniform(0.80, 0.97) if studio or rng.random() < 0.75 else rng.uniform(0.25, 0.8)
        tint = colorsys.hsv_to_rgb(rng.random(), rng.uniform(0, 0.10), value)
        ground = tuple(int(255 * c) for c in tint)
        if abs(brightness(ground) - brightness(base)) > (0.04 if studio else 0.10):
            return ground  # type: ignore[return-value]


def weave(pattern: str, base: RGB, pen: ImageDraw.ImageDraw, pose: Pose, rng: np.random.Generator) -> None:
    """Puts the pattern on the cloth, in the garment's own square so that it turns with it."""
    if pattern == "plain":
        return
    pale = mix((255, 255, 255), base, rng.uniform(0, 0.15))
    dark = mix((20, 20, 24), base, rng.uniform(0, 0.2))
    second = dark if brightness(base) > 0.72 or (brightness(base) > 0.45 and rng.random() < 0.2) else pale
    turn = rng.choice([0, np.pi / 2]) + rng.uniform(-0.15, 0.15)
    cos, sin = np.cos(turn), np.sin(turn)
    offset = rng.uniform(0, 1)

    def turned(points):
        return pose([(cos * x - sin * y, sin * x + cos * y) for x, y in points])

    if pattern == "striped":
        period, width = rng.uniform(0.17, 0.30), rng.uniform(0.28, 0.42)
        for at in np.arange(-1.6 + offset * period, 1.6, period):
            pen.polygon(turned([(-1.6, at), (1.6, at), (1.6, at + period * width), (-1.6, at + period * width)]), fill=second)
    elif pattern == "checked":
        period, width = rng.uniform(0.24, 0.38), rng.uniform(0.30, 0.42)
        veil = (*second, 150)
        for at in np.arange(-1.6 + offset * period, 1.6, period):
            pen.polygon(turned([(-1.6, at), (1.6, at), (1.6, at + period * width), (-1.6, at + period * width)]), fill=veil)
            pen.polygon(turned([(at, -1.6), (at, 1.6), (at + period * width, 1.6), (at + period * width, -1.6)]), fill=veil)
    elif pattern == "dotted":
        period = rng.uniform(0.20, 0.32)
        radius = period * rng.uniform(0.24, 0.32)
        for row, y in enumerate(np.arange(-1.6 + offset * period, 1.6, period * 0.87)):
            for x in np.arange(-1.6 + row % 2 * period / 2, 1.6, period):
                if abs(x) < 1.2 and abs(y) < 1.2:
                    pen.polygon(turned(disc(x, y, radius, radius, 12)), fill=second)


def monk_tone(thing: Thing, rng: np.random.Generator) -> int:
    """A Monk tone (1–10) within the swatch's tone group: each of the five groups is two of the ten."""
    return 2 * TONES.index(thing.colour) + int(rng.integers(1, 3))


def draw_swatch(thing: Thing, rng: np.random.Generator, size: tuple[int, int]) -> Image.Image:
    """A skin-coloured texture with invented marks. It resembles no disease and means none."""
    canvas = (size[0] * OVERSAMPLE, size[1] * OVERSAMPLE)
    reach = min(canvas) / 2
    tone = bytes.fromhex(MONK_TONES[monk_tone(thing, rng) - 1])
    base: RGB = tuple(int(np.clip(c + rng.integers(-5, 6), 0, 255)) for c in tone)  # type: ignore[assignment]
    mark = mix(base, (190, 40, 50), rng.uniform(0.35, 0.55))
    picture = Image.new("RGB", canvas, base)
    pen = ImageDraw.Draw(picture)

    def spot() -> np.ndarray:
        return np.array(canvas) / 2 + rng.uniform(-0.85, 0.85, 2) * reach

    if thing.pattern == "dots":
        for _ in range(rng.integers(14, 40)):
            (x, y), r = spot(), rng.uniform(0.02, 0.06) * reach
            pen.ellipse((x - r, y - r, x + r, y + r), fill=mark)
    elif thing.pattern == "rings":
        for _ in range(rng.integers(2, 5)):
            (x, y), r = spot(), rng.uniform(0.16, 0.34) * reach
            pen.ellipse((x - r, y - r, x + r, y + r), outline=mark, width=int(r * rng.uniform(0.2, 0.35)))
    elif thing.pattern == "lines":
        for _ in range(rng.integers(4, 9)):
            start, angle = spot(), rng.uniform(0, np.pi)
            steps = np.linspace(-0.7, 0.7, 12)
            wave = np.sin(steps * rng.uniform(4, 9)) * rng.uniform(0.02, 0.07)
            line = start + reach * np.stack([np.cos(angle) * steps - np.sin(angle) * wave, np.sin(angle) * steps + np.cos(angle) * wave], 1)
            pen.line([tuple(p) for p in line], fill=mark, width=int(rng.uniform(0.015, 0.04) * reach), joint="curve")
    elif thing.pattern == "patches":
        layer = Image.new("L", size)
        brush = ImageDraw.Draw(layer)
        for _ in range(rng.integers(1, 4)):
            (x, y), r = spot() / OVERSAMPLE, rng.uniform(0.25, 0.45) * reach / OVERSAMPLE
            brush.ellipse((x - r, y - r * rng.uniform(0.6, 1), x + r, y + r), fill=255)
        picture.paste(mark, mask=layer.filter(ImageFilter.GaussianBlur(rng.uniform(4, 9))).resize(canvas))
    elif thing.pattern == "grain":
        for _ in range(rng.integers(350, 600)):
            (x, y), r = np.array(canvas) / 2 + rng.uniform(-1.3, 1.3, 2) * reach, rng.uniform(0.008, 0.018) * reach
            pen.ellipse((x - r, y - r, x + r, y + r), fill=mark)
    coarse = rng.normal(0, 3, (max(2, size[1] // 16), max(2, size[0] // 16))).astype(np.float32)
    clouds = np.asarray(Image.fromarray(coarse).resize(size, Image.Resampling.BICUBIC))[..., None]
    pixels = np.asarray(picture.resize(size, Image.Resampling.BOX), dtype=np.float32) + clouds
    return Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8))
