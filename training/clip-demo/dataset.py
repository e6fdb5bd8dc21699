"""Draws the training and test pictures once and keeps them in a cache folder.

Test pictures are kept as CLIP's 224 × 224 crop. Training pictures are kept as
the image tower's own first step leaves them: that crop, averaged 2 × 2. The
test pictures come from seeds that training never draws from, and show every
combination, trained and held out alike.
"""
from __future__ import annotations

import multiprocessing
import os
from pathlib import Path

import numpy as np

from draw import draw
from preprocess import crop
from wardrobe import GARMENTS, SWATCHES, TRAINED, Thing

CACHE = Path(os.environ.get("CLIP_DEMO_CACHE", Path(__file__).parent / ".cache"))
SEEDS = {"train": 11, "test": 23, "catalogue": 37, "cases": 41, "samples": 53}
PER_GARMENT, PER_SWATCH = 36, 120
GALLERIES = 3


def random_size(rng: np.random.Generator) -> tuple[int, int]:
    """A picture size in pixels, up to 1:1.3 either way: the crop has work to do, the thing stays inside."""
    short = int(rng.integers(200, 280))
    long = int(short * rng.uniform(1, 1.3))
    return (short, long) if rng.random() < 0.5 else (long, short)


def picture(split: str, number: int, thing: Thing, studio: bool = False):
    """Picture `number` of a split: the same at every call."""
    rng = np.random.default_rng([SEEDS[split], number])
    return draw(thing, rng, random_size(rng), studio)


def kept(args: tuple[str, int, Thing]) -> np.ndarray:
    """Picture `number` of a split as the cache holds it."""
    pixels = np.asarray(crop(picture(*args)))
    if args[0] == "test":
        return pixels
    x = pixels.astype(np.uint16)
    return ((x[0::2, 0::2] + x[1::2, 0::2] + x[0::2, 1::2] + x[1::2, 1::2] + 2) // 4).astype(np.uint8)


def things_of(split: str) -> list[Thing]:
    """What each picture of the split shows, in order."""
    if split == "train":
        return [t for t in TRAINED for _ in range(PER_GARMENT)] + [t for t in SWATCHES for _ in range(PER_SWATCH)]
    return [t for _ in range(GALLERIES) for t in [*GARMENTS, *SWATCHES]]


def load(split: str, processes: int = 1) -> tuple[np.ndarray, list[Thing]]:
    """uint8 pictures [n, side, side, 3] and what they show; drawn at the first call."""
    things = things_of(split)
    file = CACHE / f"{split}-{len(things)}.npy"
    if not file.exists():
        CACHE.mkdir(parents=True, exist_ok=True)
        with multiprocessing.Pool(processes) as pool:
            jobs = ((split, n, thing) for n, thing in enumerate(things))
            pictures = np.stack(list(pool.imap(kept, jobs, chunksize=64)))
        part = file.with_name(f"part-{file.name}")
        np.save(part, pictures)
        part.rename(file)
    return np.load(file), things


if __name__ == "__main__":
    for name in ("test", "train"):
        print(name, load(name, processes=2)[0].shape, flush=True)
