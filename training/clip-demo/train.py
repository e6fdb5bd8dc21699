"""Trains the two towers together on drawn pictures and their captions.

    python train.py      # writes .cache/clip.pt; how long it takes is in README.md
"""
from __future__ import annotations

import argparse
import copy
import json
import time

import numpy as np
import torch
from tokenizers import Tokenizer
from torch import Tensor
from torch.nn import functional as F

from dataset import CACHE, load
from evaluate import report
from model import Clip
from preprocess import MEAN, STD
from tokenizer import TOKENIZER
from wardrobe import COLOURS, GARMENTS, MARKS, PATTERNS, SWATCH, SWATCHES, TONES, CATEGORIES, Thing, caption

CAPTIONS_PER_THING = 160
COLOUR_NAMES = [*COLOURS, *TONES]
KIND_NAMES = [*CATEGORIES, SWATCH]
PATTERN_NAMES = [*PATTERNS, *MARKS]


def numbers(thing: Thing) -> list[int]:
    return [COLOUR_NAMES.index(thing.colour), KIND_NAMES.index(thing.kind), PATTERN_NAMES.index(thing.pattern)]


def write_captions(things: list[Thing], tokenizer: Tokenizer, rng: np.random.Generator) -> tuple[Tensor, Tensor]:
    """Token ids [things, captions, T], padded with the end token, and the parts that each names [.., 3]."""
    drawn = [caption(thing, rng) for thing in things for _ in range(CAPTIONS_PER_THING)]
    ids = [e.ids for e in tokenizer.encode_batch([text for text, _ in drawn])]
    longest = max(map(len, ids))
    end = tokenizer.get_vocab_size() - 1
    padded = torch.tensor([row + [end] * (longest - len(row)) for row in ids])
    named = torch.tensor([parts for _, parts in drawn])
    return padded.view(len(things), CAPTIONS_PER_THING, longest), named.view(len(things), CAPTIONS_PER_THING, 3)


def augment(pictures: Tensor) -> Tensor:
    """uint8 [B, 112, 112, 3] → normalised [B, 3, 112, 112], moved, mirrored and relit a little."""
    x = pictures.permute(0, 3, 1, 2)
    side = int(torch.randint(100, 126, ()))
    x = F.interpolate(x, size=(side, side), mode="bilinear", antialias=True, align_corners=False)
    # A window of 112 somewhere over the resized picture; beyond its edge the edge repeats.
    corner = torch.randint(min(0, side - 112) - 6, max(0, side - 112) + 7, (2,))
    rows, columns = ((torch.arange(112) + at).clamp(0, side - 1) for at in corner)
    x = x.index_select(2, rows).index_select(3, columns)
    flip = torch.rand(len(x)) < 0.5
    x[flip] = x[flip].flip(3)
    x = x.float()
    mean, std = torch.tensor(MEAN).view(3, 1, 1), torch.tensor(STD).view(3, 1, 1)
    gain, shift = 1 + 0.06 * torch.randn(len(x), 1, 1, 1), 0.06 * torch.randn(len(x), 3, 1, 1)
    return (x * (gain / (255 * std)) + (shift - gain * mean / std)).contiguous(memory_format=torch.channels_last)


def contrast(image: Tensor, text: Tensor, scale: Tensor, matches: Tensor) -> Tensor:
    """CLIP's loss, both ways; a caption that says less than all matches every picture it is true of."""
    logits = scale * F.normalize(text, dim=-1) @ F.normalize(image, dim=-1).T
    rows, columns = matches / matches.sum(1, keepdim=True), (matches / matches.sum(0, keepdim=True)).T
    return (F.cross_entropy(logits, rows) + F.cross_entropy(logits.T, columns)) / 2


def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("--steps", type=int, default=1200)
    options.add_argument("--batch", type=int, default=256)
    options.add_argument("--threads", type=int, default=1)
    options.add_argument("--seed", type=int, default=0)
    arguments = options.parse_args()
    torch.set_num_threads(arguments.threads)
    torch.manual_seed(arguments.seed)
    rng = np.random.default_rng(arguments.seed)

    tokenizer = Tokenizer.from_file(str(TOKENIZER))
    pictures, shown = load("train", processes=arguments.threads)
    pictures = torch.from_numpy(pictures)
    things = sorted(set(shown))
    place = {thing: n for n, thing in enumerate(things)}
    of_thing = [[] for _ in things]
    for n, thing in enumerate(shown):
        of_thing[place[thing]].append(n)
    attributes = torch.tensor([numbers(thing) for thing in things])
    ids, named = write_captions(things, tokenizer, rng)

    clip = Clip(tokenizer.get_vocab_size())
    clip.image.to(memory_format=torch.channels_last)
    average = copy.deepcopy(clip).eval()
    decayed = [p for p in clip.parameters() if p.dim() > 1]
    others = [p for p in clip.parameters() if p.dim() <= 1]
    optimiser = torch.optim.AdamW([{"params": decayed, "weight_decay": 0.02}, {"params": others, "weight_decay": 0.0}], lr=3e-3)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, 3e-3, arguments.steps, pct_start=0.08, final_div_factor=50)
    started, mean_loss = time.time(), 0.0
    for step in range(1, arguments.steps + 1):
        chosen = torch.from_numpy(rng.choice(len(things), arguments.batch, replace=False))
        index = [of_thing[t][rng.integers(len(of_thing[t]))] for t in chosen.tolist()]
        said = torch.from_numpy(rng.integers(0, CAPTIONS_PER_THING, arguments.batch))
        tokens, parts, traits = ids[chosen, said], named[chosen, said], attributes[chosen]
        tokens = tokens[:, : int(tokens.argmax(1).max()) + 1]
        matches = ((traits[:, None] == traits[None]) | ~parts[:, None]).all(-1).float()
        with torch.autocast("cpu", torch.bfloat16):
            image = clip.image.embed_halved(augment(pictures[index]))
            text = clip.text(tokens)
        loss = contrast(image.float(), text.float(), clip.logit_scale.exp().clamp(max=100), matches)
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(clip.parameters(), 1.0)
        optimiser.step()
        schedule.step()
        with torch.no_grad():
            decay = min(0.998, step / (step + 20))
            for kept, new in zip(average.state_dict().values(), clip.state_dict().values()):
                kept.lerp_(new, 1 - decay) if kept.is_floating_point() else kept.copy_(new)
        mean_loss += (loss.item() - mean_loss) / min(step, 50)
        if step % 200 == 0 or step == arguments.steps:
            print(json.dumps({"step": step, "loss": round(mean_loss, 4), "seconds": round(time.time() - started),
                              "scale": round(clip.logit_scale.exp().item(), 1), **report(average, brief=True)}), flush=True)
            torch.save({"weights": average.state_dict(), "steps": step, "seed": arguments.seed, "batch": arguments.batch,
                        "pictures": len(pictures), "seconds": round(time.time() - started)}, CACHE / "clip.pt")


if __name__ == "__main__":
    main()
