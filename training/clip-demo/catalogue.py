"""What the indexes hold: a catalogue of garments, and synthetic cases. Pictures, records, thumbnails."""
from __future__ import annotations

import io
from typing import NamedTuple

import numpy as np
from PIL import Image

from dataset import SEEDS, picture, random_size
from draw import monk_tone
from wardrobe import CATEGORIES, COLOURS, GARMENTS, PATTERNS, SWATCHES, Thing

THUMBNAIL_SIDE = 96
CASES_PER_SWATCH = 8
# What a catalogue item's category says about gender, as stygig's trainer has it: the first row that fits.
GENDERS = (
    (("dress", "skirt", "heels"), "female", 0.85),
    (("suit", "tie"), "male", 0.75),
    (("jacket", "coat", "sweater", "jeans", "shorts", "sneakers", "bag", "hat", "watch"), "unisex", 0.70),
    (("shirt", "tshirt"), "unisex", 0.65),
    (("pants", "trouser"), "unisex", 0.70),
    (("",), "unisex", 0.60),
)


class Item(NamedTuple):
    image: Image.Image
    """As a reader decodes it from its JPEG file."""
    record: dict
    thumbnail: bytes


def as_jpeg(image: Image.Image, quality: int = 92) -> tuple[Image.Image, int]:
    """The image as it comes back from a JPEG file, and the file's bytes."""
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=quality)
    size = buffer.tell()
    return Image.open(buffer).convert("RGB"), size


def thumbnail(image: Image.Image) -> bytes:
    """The square middle of the image as a WebP of about half a kilobyte."""
    short = min(image.size)
    left, top = (image.width - short) // 2, (image.height - short) // 2
    small = image.crop((left, top, left + short, top + short)).resize((THUMBNAIL_SIDE,) * 2, Image.Resampling.LANCZOS)
    buffer = io.BytesIO()
    small.save(buffer, "WEBP", quality=40, method=6)
    return buffer.getvalue()


def mean_colour(image: Image.Image) -> list[int]:
    """Stygig's colour of a picture: the mean over its 150 × 150 copy, truncated."""
    pixels = np.asarray(image.resize((150, 150)), dtype=np.float64)
    return [int(c) for c in pixels.reshape(-1, 3).mean(0)]


def garment(season: int, number: int, thing: Thing) -> Item:
    """Catalogue item `number`: an upright product picture on a pale ground."""
    image, size = as_jpeg(picture("catalogue", season * 10_000 + number, thing, studio=True))
    category = CATEGORIES[thing.kind]
    name = f"{thing.colour}-{thing.pattern}-{thing.kind}"
    gender, confidence = next((g, c) for words, g, c in GENDERS if any(w in category for w in words))
    record = {
        "id": name,
        "path": f"/opt/ml/input/data/training/{category.replace('_', '/')}/{name}.jpg",
        "category": category,
        "gender": gender,
        "gender_confidence": confidence,
        "color_rgb": mean_colour(image),
        "file_size": size,
        "title": f"{thing.colour} {thing.pattern} {thing.kind}",
        "color_name": thing.colour,
        "pattern": thing.pattern,
        "thumbnail": f"thumbnails/{name}.webp",
    }
    return Item(image, record, thumbnail(image))


def garments(season: int, every: int = 1) -> list[Item]:
    """One item of each combination; `every` = 2 leaves out every other pattern of each colour, in turn."""
    patterns, colours = list(PATTERNS), list(COLOURS)
    turn = [colours.index(t.colour) + patterns.index(t.pattern) for t in GARMENTS]
    return [garment(season, n, thing) for n, thing in enumerate(GARMENTS) if turn[n] % every == 0]


def cases() -> list[Item]:
    """Synthetic cases: swatches with invented marks, and a record as image-search gives it."""
    items = []
    for number, thing in enumerate(swatch for swatch in SWATCHES for _ in range(CASES_PER_SWATCH)):
        image, _ = as_jpeg(picture("cases", number, thing))
        tone = case_tone(number, thing)
        case = f"synthetic-{number + 1:04d}"
        record = {
            "case_id": case,
            "condition": f"synthetic {thing.pattern}",
            "fitzpatrick_type": ("I", "II", "III", "IV", "V", "VI")[(6 * tone - 1) // 10],
            "monk_skin_tone": tone,
            "image_path": f"synthetic/{case}.jpg",
            "thumbnail": f"thumbnails/{case}.webp",
            "synthetic": True,
        }
        items.append(Item(image, record, thumbnail(image)))
    return items


def case_tone(number: int, thing: Thing) -> int:
    """The Monk tone that `picture` draws for a case: the draw right after the picture's size."""
    rng = np.random.default_rng([SEEDS["cases"], number])
    random_size(rng)
    return monk_tone(thing, rng)
