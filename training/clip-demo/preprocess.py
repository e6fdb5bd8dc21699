"""CLIP's validation transform: short side to 224 (bicubic), centre crop, mean and deviation."""
from __future__ import annotations

import numpy as np
from PIL import Image

SIDE = 224
MEAN = (0.48145466, 0.4578275, 0.40821073)
STD = (0.26862954, 0.26130258, 0.27577711)


def crop(image: Image.Image) -> Image.Image:
    """The 224 × 224 middle of the image, its short side being 224."""
    image = image.convert("RGB")
    width, height = image.size
    short = min(width, height)
    # As torchvision's Resize: the long side is truncated, and CenterCrop rounds half its excess.
    width, height = (SIDE, int(SIDE * height / width)) if width == short else (int(SIDE * width / height), SIDE)
    image = image.resize((width, height), Image.Resampling.BICUBIC)
    left, top = round((width - SIDE) / 2), round((height - SIDE) / 2)
    return image.crop((left, top, left + SIDE, top + SIDE))


def normalise(pixels: np.ndarray) -> np.ndarray:
    """uint8 [..., 224, 224, 3] → float32 [..., 3, 224, 224]."""
    scaled = (pixels.astype(np.float32) / 255 - np.array(MEAN, np.float32)) / np.array(STD, np.float32)
    return np.ascontiguousarray(np.moveaxis(scaled, -1, -3))


def preprocess(image: Image.Image) -> np.ndarray:
    """The image as `pixel_values` float32 [3, 224, 224]."""
    return normalise(np.asarray(crop(image)))
