"""Makes every committed file of the three CLIP demos from the trained weights.

    python publish.py      # reads .cache/clip.pt; writes registry/demo/… and tests/demo/torch-vectors.json

What is measured is what is shipped: the numbers in metrics.json come from the
exported ONNX files run by onnxruntime on whole test pictures, and from the
index files as packed.
"""
from __future__ import annotations

import argparse
from collections import Counter
from pathlib import Path

import numpy as np
import onnxruntime
import torch
from PIL import Image
from tokenizers import Tokenizer

from catalogue import Item, cases, garments
from dataset import CACHE, GALLERIES, SEEDS, load, picture
from evaluate import measure, padded, share, unit
from export import image_tower, text_tower
from faiss_flat import index_flat_ip, unit_rows
from model import DIMENSION, Clip
from pack import json_bytes, pack
from preprocess import MEAN, SIDE, STD, normalise, preprocess
from tokenizer import CONTEXT, TOKENIZER
from wardrobe import CATEGORIES, COLOURS, GARMENTS, HELD_OUT, PATTERNS, SWATCHES, TRAINED, Thing

ROOT = Path(__file__).resolve().parents[2]
DEMO = ROOT / "registry" / "demo"
VECTORS = ROOT / "tests" / "demo" / "torch-vectors.json"
TEXTS = ["a red striped shirt", "Polka-dot T-Shirt, women's", "summer dress", "zzxq 衬衫"]
MADE_BY = "training/clip-demo/publish.py"
SAMPLES = [
    (Thing("red", "shirt", "striped"), "jpg"),
    (Thing("green", "dress", "checked"), "jpg"),
    (Thing("blue", "pants", "plain"), "png"),
    (Thing("purple", "sneakers", "dotted"), "jpg"),
    (Thing("light", "swatch", "rings"), "jpg"),
    (Thing("deep", "swatch", "dots"), "png"),
]


class Towers:
    """The exported files in sessions, beside the bytes."""

    def __init__(self, clip: Clip):
        self.files = {
            "vision_model.onnx": image_tower(clip.image).SerializeToString(deterministic=True),
            "text_model.onnx": text_tower(clip.text).SerializeToString(deterministic=True),
        }
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        self.image_session, self.text_session = (onnxruntime.InferenceSession(f, options) for f in self.files.values())

    def images(self, pixel_values: np.ndarray) -> np.ndarray:
        parts = np.array_split(pixel_values, max(1, len(pixel_values) // 64))
        return np.concatenate([self.image_session.run(None, {"pixel_values": p})[0] for p in parts])

    def texts(self, input_ids: np.ndarray) -> np.ndarray:
        return self.text_session.run(None, {"input_ids": input_ids})[0]


@torch.inference_mode()
def worst_cosine(clip: Clip, towers: Towers) -> dict[str, float]:
    """The least cosine between what PyTorch and the exported files make of one gallery and of every caption."""
    pictures = normalise(load("test")[0][: len(GARMENTS) + len(SWATCHES)])
    expected = torch.cat([clip.image(torch.from_numpy(p)) for p in np.array_split(pictures, 16)]).numpy()
    ids = padded([e.ids for e in tokenizer().encode_batch([" ".join(thing) for thing in GARMENTS])])
    cosine = lambda a, b: float((unit(a) * unit(b)).sum(1).min())
    return {
        "image": round(cosine(expected, towers.images(pictures)), 6),
        "text": round(cosine(clip.text(torch.from_numpy(ids)).numpy(), towers.texts(ids)), 6),
    }


def tokenizer() -> Tokenizer:
    return Tokenizer.from_file(str(TOKENIZER))


def configs(clip: Clip) -> dict[str, bytes]:
    """The JSON files of a CLIP export, with the fields that readers of such exports look at."""
    text = clip.text
    end = tokenizer().get_vocab_size() - 1
    config = {
        "model_type": "clip", "projection_dim": DIMENSION, "logit_scale_init_value": round(clip.logit_scale.item(), 4),
        "text_config": {"vocab_size": text.token.num_embeddings, "hidden_size": text.token.embedding_dim,
                        "num_hidden_layers": len(text.layers), "num_attention_heads": text.layers[0].heads,
                        "max_position_embeddings": CONTEXT, "bos_token_id": end - 1, "eos_token_id": end, "pad_token_id": end,
                        "projection_dim": DIMENSION},
        "vision_config": {"image_size": SIDE, "num_channels": 3, "projection_dim": DIMENSION},
    }
    preprocessor = {
        "feature_extractor_type": "CLIPFeatureExtractor", "image_processor_type": "CLIPImageProcessor",
        "do_convert_rgb": True, "do_resize": True, "size": {"shortest_edge": SIDE}, "resample": 3,
        "do_center_crop": True, "crop_size": {"height": SIDE, "width": SIDE},
        "do_rescale": True, "rescale_factor": 1 / 255, "do_normalize": True, "image_mean": MEAN, "image_std": STD,
    }
    return {"config.json": json_bytes(config, 2), "preprocessor_config.json": json_bytes(preprocessor, 2)}


def index_of(items: list[Item], towers: Towers) -> tuple[np.ndarray, dict[str, bytes]]:
    """Unit rows of the items, and the files that hold them: index, metadata in its order, thumbnails."""
    rows = unit_rows(towers.images(np.stack([preprocess(item.image) for item in items])))
    return rows, {
        "index.faiss": index_flat_ip(rows),
        "metadata.json": json_bytes([item.record for item in items]),
        **{item.record["thumbnail"]: item.thumbnail for item in items},
    }


def search_quality(rows: np.ndarray, items: list[Item], queries: np.ndarray) -> dict[str, float]:
    """What held-out photos find in a catalogue: the category that the five nearest vote for, and the nearest's looks."""
    records = [item.record for item in items]
    votes, colours, patterns = [], [], []
    for thing, scores in zip([*GARMENTS] * GALLERIES, queries @ rows.T):
        nearest = [records[n] for n in np.argsort(-scores, kind="stable")[:5]]
        vote = Counter(r["category"] for r in nearest).most_common(1)[0][0]  # a tie goes to the nearer: first seen
        votes.append(vote == CATEGORIES[thing.kind])
        colours.append(nearest[0]["color_name"] == thing.colour)
        patterns.append(nearest[0]["pattern"] == thing.pattern)
    return {"queries": len(votes), "categoryVoteRight": share(votes), "nearestHasSameColour": share(colours), "nearestHasSamePattern": share(patterns)}


def case_quality(rows: np.ndarray, items: list[Item], queries: np.ndarray) -> dict[str, float]:
    """What held-out swatches find among the cases."""
    nearest = [items[n].record for n in (queries @ rows.T).argmax(1)]
    things = [*SWATCHES] * GALLERIES
    return {"queries": len(nearest), "nearestHasSameCondition": share([r["condition"] == f"synthetic {t.pattern}" for r, t in zip(nearest, things)])}


def write_samples() -> None:
    """Query photos for tests and examples: seeds that neither training, test nor catalogue draw from."""
    folder = DEMO / "samples"
    folder.mkdir(parents=True, exist_ok=True)
    for number, (thing, suffix) in enumerate(SAMPLES):
        image = picture("samples", number, thing)
        name = "-".join((thing.colour, thing.pattern, thing.kind))
        image.save(folder / f"{name}.{suffix}", **({"quality": 85} if suffix == "jpg" else {"optimize": True}))


@torch.inference_mode()
def write_vectors(clip: Clip) -> None:
    """What PyTorch, Pillow and Hugging Face's tokenizer make of the samples and of some texts, for the tests."""
    files = sorted(f"{'-'.join((t.colour, t.pattern, t.kind))}.{suffix}" for t, suffix in SAMPLES)
    pixels = np.stack([preprocess(Image.open(DEMO / "samples" / file)) for file in files])
    ids = [e.ids for e in tokenizer().encode_batch(TEXTS)]
    rows = lambda embeddings: [[round(x, 6) for x in row] for row in embeddings.tolist()]
    value = {
        "torch": torch.__version__.split("+")[0],
        "images": dict(zip(files, rows(clip.image(torch.from_numpy(pixels))))),
        "texts": {text: {"ids": row, "embedding": rows(clip.text(torch.tensor([row])))[0]} for text, row in zip(TEXTS, ids)},
    }
    VECTORS.parent.mkdir(parents=True, exist_ok=True)
    VECTORS.write_bytes(json_bytes(value))


def main() -> None:
    torch.set_num_threads(1)
    saved = torch.load(CACHE / "clip.pt", weights_only=True)
    clip = Clip(tokenizer().get_vocab_size()).eval()
    clip.load_state_dict(saved.pop("weights"))
    towers = Towers(clip)
    parameters = {name: sum(p.numel() for p in tower.parameters()) for name, tower in (("image", clip.image), ("text", clip.text))}
    data = {"synthetic": True, "trainingPictures": saved["pictures"], "trainedCombinations": len(TRAINED), "heldOutCombinations": len(HELD_OUT),
            "colours": len(COLOURS), "kinds": len(CATEGORIES), "patterns": len(PATTERNS), "seeds": SEEDS}
    training = {"parameters": parameters, "steps": saved["steps"], "batchSize": saved["batch"], "seed": saved["seed"],
                "seconds": saved["seconds"], "torch": torch.__version__.split("+")[0]}
    cosines = worst_cosine(clip, towers)
    held_out = measure(towers.images, towers.texts)
    common = {"data": data, "training": training, "leastCosineToPyTorch": cosines}

    test = unit(towers.images(normalise(load("test")[0]))).reshape(GALLERIES, -1, DIMENSION)
    photos, swatches = (part.reshape(-1, DIMENSION) for part in np.split(test, [len(GARMENTS)], axis=1))
    image_side = {"vision_model.onnx": towers.files["vision_model.onnx"], **configs(clip)}
    image_roles = {"imageTower": "vision_model.onnx", "preprocessor": "preprocessor_config.json", "config": "config.json"}
    index_roles = {**image_roles, "index": "index.faiss", "metadata": "metadata.json"}

    def publish(folder: str, runtime: str, model: str, version: str, files: dict[str, bytes], roles: dict[str, str], numbers: dict) -> dict:
        target = DEMO / folder / "model.tar.gz"
        about = {"data": "synthetic", "madeBy": MADE_BY, "heldOut": numbers["heldOut"]}
        sha256 = pack(target, runtime=runtime, model=model, version=version, files=files, roles=roles, about=about)
        print(f"{folder:18} {target.stat().st_size:9,} bytes  {sha256}  {numbers['heldOut']}")
        return {"version": version, "sha256": sha256, "bytes": target.stat().st_size, **numbers}

    def write_metrics(model: str, value: dict) -> None:
        (DEMO / model / "metrics.json").write_bytes(json_bytes(value, 2))

    both = {**image_side, "text_model.onnx": towers.files["text_model.onnx"], "tokenizer.json": TOKENIZER.read_bytes()}
    roles = {**image_roles, "textTower": "text_model.onnx", "tokenizer": "tokenizer.json"}
    version = publish("omnisearch-clip", "clip-embed", "omnisearch-clip", "v1", both, roles, {"heldOut": held_out})
    write_metrics("omnisearch-clip", {**common, "versions": [version]})

    versions = []
    for name, season, every in (("v4", 4, 1), ("v5", 5, 2)):
        items = garments(season, every)
        rows, files = index_of(items, towers)
        numbers = {"items": len(items), "heldOut": search_quality(rows, items, photos)}
        versions.append(publish(f"stygig-clip/{name}", "clip-recommend", "stygig-clip", name, {**image_side, **files}, index_roles, numbers))
    write_metrics("stygig-clip", {**common, "versions": versions})

    items = cases()
    rows, files = index_of(items, towers)
    numbers = {"items": len(items), "heldOut": case_quality(rows, items, swatches)}
    version = publish("scin-search", "image-search", "scin-search", "v1", {**image_side, **files}, index_roles, numbers)
    write_metrics("scin-search", {**common, "versions": [version]})
    write_samples()
    write_vectors(clip)


if __name__ == "__main__":
    argparse.ArgumentParser(description=__doc__).parse_args()
    main()
