"""Held-out text-to-image recall@1, as the model cards quote it.

A gallery holds one picture of every garment combination (11 colours × 13 kinds
× 4 patterns = 572). A query is a combination's canonical caption, such as "a
red striped shirt". It is a hit when the gallery's nearest picture by cosine
shows exactly that combination: colour, kind and pattern. All test pictures come
from seeds that training never draws from. Reported apart: the combinations that
training saw (in other pictures) and the ones it never saw at all. The numbers
are means over three galleries.
"""
from __future__ import annotations

from typing import Callable

import numpy as np
import torch
from tokenizers import Tokenizer

from dataset import GALLERIES, load
from preprocess import normalise
from tokenizer import TOKENIZER
from wardrobe import CANONICAL, GARMENTS, SWATCHES, TEMPLATES, Thing, fill, is_held_out

Embed = Callable[[np.ndarray], np.ndarray]


def recalls(images: np.ndarray, captions: np.ndarray) -> dict[str, float]:
    """Recall@1 over galleries [G, 572, 512] for unit captions [572, 512] in the same order."""
    held_out = np.array([is_held_out(thing) for thing in GARMENTS])
    nearest = np.argmax(captions @ np.swapaxes(images, 1, 2), axis=2)
    hits = nearest == np.arange(len(GARMENTS))
    return {"trainedCombinations": share(hits[:, ~held_out]), "heldOutCombinations": share(hits[:, held_out])}


def parts_right(images: np.ndarray, captions: np.ndarray) -> dict[str, float]:
    """How often the nearest picture's colour, kind and pattern are the caption's, each by itself."""
    parts = np.array(GARMENTS)
    nearest = np.argmax(captions @ np.swapaxes(images, 1, 2), axis=2)
    return {name: share(parts[nearest][..., n] == parts[:, n]) for n, name in enumerate(Thing._fields)}


def case_precision(images: np.ndarray) -> float:
    """Of swatches [G, 30, 512]: how often the nearest in the other galleries bears the same mark."""
    marks = np.array([thing.pattern for thing in SWATCHES] * len(images))
    gallery = np.repeat(np.arange(len(images)), len(SWATCHES))
    flat = images.reshape(-1, images.shape[-1])
    scores = np.where(gallery[:, None] == gallery[None], -np.inf, flat @ flat.T)
    return share(marks[scores.argmax(1)] == marks)


def share(hits: np.ndarray | list[bool]) -> float:
    """The part of the hits that are true, to four decimals."""
    return round(float(np.mean(hits)), 4)


def unit(rows: np.ndarray) -> np.ndarray:
    return rows / np.linalg.norm(rows, axis=-1, keepdims=True)


def measure(embed_images: Embed, embed_texts: Callable[[np.ndarray], np.ndarray], brief: bool = False) -> dict:
    """All numbers for two functions, from `pixel_values` and from `input_ids`; `brief`: of one gallery only."""
    pictures, _ = load("test")
    each = len(GARMENTS) + len(SWATCHES)
    pictures = pictures[: each * (1 if brief else GALLERIES)]
    images = np.concatenate([embed_images(normalise(part)) for part in np.array_split(pictures, len(pictures) // 64)])
    garments, swatches = np.split(unit(images).reshape(-1, each, images.shape[-1]), [len(GARMENTS)], axis=1)
    tokenizer = Tokenizer.from_file(str(TOKENIZER))

    def captions(template: str) -> np.ndarray:
        texts = [fill(template, thing) for thing in GARMENTS]
        return unit(embed_texts(padded([e.ids for e in tokenizer.encode_batch(texts)])))

    canonical = captions(CANONICAL)
    result = {"textToImageRecallAt1": recalls(garments, canonical), "nearestPictureRight": parts_right(garments, canonical)}
    if not brief:
        phrasings = [recalls(garments, captions(template)) for template in TEMPLATES]
        means = {key: round(float(np.mean([r[key] for r in phrasings])), 4) for key in phrasings[0]}
        result["textToImageRecallAt1OverPhrasings"] = {"phrasings": len(TEMPLATES), **means}
        result["swatchNearestHasSameMark"] = case_precision(swatches)
    return result


def padded(rows: list[list[int]]) -> np.ndarray:
    """Token ids as one int64 array, short rows ended again with their end token."""
    longest = max(map(len, rows))
    return np.array([row + row[-1:] * (longest - len(row)) for row in rows], dtype=np.int64)


@torch.inference_mode()
def report(clip: torch.nn.Module, brief: bool = False) -> dict:
    """The numbers of a PyTorch model."""
    return measure(
        lambda pixels: clip.image(torch.from_numpy(pixels)).numpy(),
        lambda ids: clip.text(torch.from_numpy(ids)).numpy(),
        brief,
    )
