"""What the demo models know: the words, their combinations and how people put them.

A thing is a triple (colour, kind, pattern). A seventh of the garments'
combinations is never trained on, so that the evaluation can ask whether the
model composes what it knows or only remembers it.
"""
from __future__ import annotations

import itertools
from typing import NamedTuple

import numpy as np


class Thing(NamedTuple):
    colour: str
    kind: str
    pattern: str


# Colour → ranges of hue (degrees), saturation and value; a render draws from them.
COLOURS = {
    "black": ((0, 360), (0.00, 0.15), (0.05, 0.15)),
    "white": ((0, 360), (0.00, 0.04), (0.94, 1.00)),
    "grey": ((0, 360), (0.00, 0.05), (0.45, 0.62)),
    "red": ((354, 367), (0.78, 0.95), (0.66, 0.88)),
    "orange": ((22, 31), (0.85, 1.00), (0.92, 1.00)),
    "yellow": ((49, 56), (0.70, 0.95), (0.92, 1.00)),
    "green": ((112, 148), (0.50, 0.90), (0.40, 0.68)),
    "blue": ((210, 232), (0.65, 0.90), (0.50, 0.88)),
    "purple": ((268, 286), (0.50, 0.80), (0.45, 0.70)),
    "pink": ((326, 344), (0.32, 0.50), (0.93, 1.00)),
    "brown": ((18, 29), (0.55, 0.75), (0.30, 0.46)),
}

# Kind → the catalogue category that the seed's dataset files it under.
CATEGORIES = {
    "shirt": "upperwear_shirt",
    "t-shirt": "upperwear_tshirt",
    "jacket": "upperwear_jacket",
    "pants": "bottomwear_pants",
    "shorts": "bottomwear_shorts",
    "skirt": "bottomwear_skirt",
    "shoes": "footwear_shoes",
    "sneakers": "footwear_sneakers",
    "heels": "footwear_heels",
    "flats": "footwear_flats",
    "bag": "accessories_bag",
    "hat": "accessories_hat",
    "dress": "one-piece_dress",
}

PATTERNS = ("plain", "striped", "dotted", "checked")

# The other family: swatches with invented marks, for the image-search demo.
SWATCH = "swatch"
TONES = ("very light", "light", "medium", "deep", "very deep")
MARKS = ("clear", "dots", "rings", "lines", "patches", "grain")

GARMENTS = [Thing(*t) for t in itertools.product(COLOURS, CATEGORIES, PATTERNS)]
SWATCHES = [Thing(tone, SWATCH, mark) for tone in TONES for mark in MARKS]


def is_held_out(thing: Thing) -> bool:
    """Whether training never sees this combination. Balanced: each word loses about a seventh."""
    colour = list(COLOURS).index(thing.colour)
    kind = list(CATEGORIES).index(thing.kind)
    return (3 * colour + 5 * kind + PATTERNS.index(thing.pattern)) % 7 == 0


TRAINED = [t for t in GARMENTS if not is_held_out(t)]
HELD_OUT = [t for t in GARMENTS if is_held_out(t)]

# The first word of each list is the canonical one, which the evaluation asks with.
SYNONYMS = {
    "grey": ["grey", "gray"],
    "red": ["red", "crimson", "scarlet"],
    "blue": ["blue", "navy", "navy blue"],
    "purple": ["purple", "violet"],
    "brown": ["brown", "chocolate"],
    "plain": ["plain", "solid", "unpatterned"],
    "striped": ["striped", "stripy", "stripe"],
    "dotted": ["dotted", "polka dot", "spotted", "polka-dot"],
    "checked": ["checked", "plaid", "checkered", "tartan"],
    "shirt": ["shirt", "dress shirt", "button-up shirt", "blouse"],
    "t-shirt": ["t-shirt", "tshirt", "tee", "t shirt"],
    "jacket": ["jacket", "coat", "blazer"],
    "pants": ["pants", "trousers", "jeans"],
    "shoes": ["shoes", "leather shoes", "lace-up shoes", "oxfords"],
    "sneakers": ["sneakers", "trainers", "running shoes"],
    "heels": ["heels", "high heels", "pumps"],
    "flats": ["flats", "ballet flats", "ballerinas"],
    "bag": ["bag", "handbag", "purse"],
    "hat": ["hat", "sun hat", "cap"],
    "dress": ["dress", "gown", "summer dress"],
    "swatch": ["swatch", "skin swatch", "sample"],
}
NOUNS = {
    "plain": ["no pattern"],
    "striped": ["stripes"],
    "dotted": ["dots", "polka dots", "spots"],
    "checked": ["checks", "squares"],
}
CANONICAL = "a {c} {p} {k}"
TEMPLATES = [
    CANONICAL,
    "{c} {p} {k}",
    "{p} {c} {k}",
    "a {p} {c} {k}",
    "{p} {k}, {c}",
    "{k}, {c}, {p}",
    "photo of a {c} {p} {k}",
    "a photo of a {p} {k} in {c}",
    "{c} {k} with {n}",
    "a {c} {k} with {n}",
    "{k} in {c} with {n}",
    "one {p} {k} that is {c}",
]
# Said without a pattern (None of the patterns is meant), without a colour, and so on.
PARTIAL_TEMPLATES = {
    ("colour", "kind"): ["{c} {k}", "a {c} {k}", "photo of a {c} {k}", "{k} in {c}"],
    ("kind", "pattern"): ["{p} {k}", "a {p} {k}", "{k} with {n}"],
    ("colour", "pattern"): ["{c} {p}", "{p}, {c}", "{c} with {n}"],
    ("colour",): ["{c}", "something {c}"],
    ("kind",): ["{k}", "a {k}", "photo of a {k}"],
    ("pattern",): ["{p}", "{n}", "something {p}"],
}
# Words that say nothing about the picture: the text tower learns to pass over them.
FILLERS = (
    "please show me find i want need looking for my the some nice new cheap best beautiful "
    "women women's men men's kids unisex summer winter size medium large small cotton wool "
    "silk denim casual formal buy online sale with and to wear at party work school gift"
).split()


def word(name: str, rng: np.random.Generator) -> str:
    """A word for a colour, kind or pattern: usually the canonical one."""
    words = SYNONYMS.get(name, [name])
    return words[0] if rng.random() < 0.6 else words[rng.integers(len(words))]


def caption(thing: Thing, rng: np.random.Generator) -> tuple[str, tuple[bool, bool, bool]]:
    """A caption of the thing, and which of (colour, kind, pattern) it names."""
    if rng.random() < 0.7:
        parts, templates = ("colour", "kind", "pattern"), TEMPLATES
    else:
        choices = list(PARTIAL_TEMPLATES)
        parts = choices[rng.integers(len(choices))]
        templates = PARTIAL_TEMPLATES[parts]
    template = templates[rng.integers(len(templates))]
    text = fill(template, thing, rng)
    if rng.random() < 0.35:
        text = scatter_fillers(text, rng)
    if rng.random() < 0.2:
        text = text.capitalize() + ("." if rng.random() < 0.5 else "")
    return text, tuple(part in parts for part in Thing._fields)  # type: ignore[return-value]


def fill(template: str, thing: Thing, rng: np.random.Generator | None = None) -> str:
    """The template with the thing's words in it; without `rng` the canonical ones."""
    say = (lambda name: word(name, rng)) if rng is not None else (lambda name: SYNONYMS.get(name, [name])[0])
    nouns = NOUNS.get(thing.pattern, [thing.pattern])
    noun = nouns[0] if rng is None else nouns[rng.integers(len(nouns))]
    return template.format(c=say(thing.colour), k=say(thing.kind), p=say(thing.pattern), n=noun)


def scatter_fillers(text: str, rng: np.random.Generator) -> str:
    """The text with one to three meaningless words before or after it, some of them invented."""
    for _ in range(rng.integers(1, 4)):
        if rng.random() < 0.75:
            extra = FILLERS[rng.integers(len(FILLERS))]
        else:
            extra = "".join(chr(97 + c) for c in rng.integers(0, 26, rng.integers(2, 9)))
        text = f"{extra} {text}" if rng.random() < 0.5 else f"{text} {extra}"
    return text


def every_word() -> list[str]:
    """All words that a caption can hold, sorted: what the tokenizer must spell in few tokens."""
    texts = [*COLOURS, *CATEGORIES, *PATTERNS, SWATCH, *TONES, *MARKS, *FILLERS, *TEMPLATES]
    texts += [t for ts in PARTIAL_TEMPLATES.values() for t in ts]
    texts += [w for ws in [*SYNONYMS.values(), *NOUNS.values()] for w in ws]
    cleaned = " ".join(texts)
    for mark in ("{c}", "{k}", "{p}", "{n}"):
        cleaned = cleaned.replace(mark, " ")
    return sorted(set(cleaned.replace("-", " ").replace(",", " ").replace("'", " '").split()) | {"-", ",", "."})
