"""Builds tokenizer.json: CLIP's tokenizer with only the merges that our words need.

Ids are compact: 256 bytes, the same 256 at a word's end, the merges in CLIP's
order, then <|startoftext|> and <|endoftext|>. The end keeps the largest id, as
in CLIP, so a text model can find it by argmax. Merges that no word of ours uses
are left out; a word that uses only kept merges is split just as CLIP splits it.

    python tokenizer.py path/to/bpe_simple_vocab_16e6.txt.gz   # ships inside open_clip_torch
"""
from __future__ import annotations

import gzip
import json
import sys
from pathlib import Path

from wardrobe import every_word

HERE = Path(__file__).parent
TOKENIZER = HERE / "tokenizer.json"
START, END = "<|startoftext|>", "<|endoftext|>"
MERGE_COUNT = 49152 - 256 - 2  # as CLIP reads the file
CONTEXT = 77


def byte_letters() -> list[str]:
    """A printable letter for every byte, in GPT-2's order: the printable bytes first."""
    printable = [*range(ord("!"), ord("~") + 1), *range(ord("¡"), ord("¬") + 1), *range(ord("®"), ord("ÿ") + 1)]
    others = [b for b in range(256) if b not in printable]
    return [chr(b) for b in printable] + [chr(256 + n) for n in range(len(others))]


def used_merges(word: str, rank: dict[tuple[str, str], int]) -> set[tuple[str, str]]:
    """The merges that byte-pair encoding applies to an ASCII word."""
    parts = [*word[:-1], word[-1] + "</w>"]
    used = set()
    while len(parts) > 1:
        best = min(zip(parts, parts[1:]), key=lambda pair: rank.get(pair, len(rank)))
        if best not in rank:
            break
        used.add(best)
        merged, i = [], 0
        while i < len(parts):
            if tuple(parts[i : i + 2]) == best:
                merged.append(best[0] + best[1])
                i += 2
            else:
                merged.append(parts[i])
                i += 1
        parts = merged
    return used


def build(vocabulary: Path) -> dict:
    """The tokenizer.json of Hugging Face `tokenizers`, laid out as CLIP's own."""
    with gzip.open(vocabulary, "rt", encoding="utf-8") as file:
        lines = file.read().split("\n")[1 : MERGE_COUNT + 1]
    rank = {tuple(line.split()): n for n, line in enumerate(lines)}
    used = sorted({m for w in every_word() for m in used_merges(w, rank)}, key=rank.__getitem__)
    letters = byte_letters()
    tokens = [*letters, *(letter + "</w>" for letter in letters), *("".join(m) for m in used), START, END]
    ids = {token: n for n, token in enumerate(tokens)}

    def special(token: str) -> dict:
        return {"id": ids[token], "content": token, "single_word": False, "lstrip": False, "rstrip": False,
                "normalized": token == START, "special": True}

    pieces = r"<\|startoftext\|>|<\|endoftext\|>|'s|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+"
    return {
        "version": "1.0",
        "truncation": {"direction": "Right", "max_length": CONTEXT, "strategy": "LongestFirst", "stride": 0},
        "padding": None,
        "added_tokens": [special(START), special(END)],
        "normalizer": {"type": "Sequence", "normalizers": [
            {"type": "NFC"},
            {"type": "Replace", "pattern": {"Regex": r"\s+"}, "content": " "},
            {"type": "Lowercase"},
        ]},
        "pre_tokenizer": {"type": "Sequence", "pretokenizers": [
            {"type": "Split", "pattern": {"Regex": pieces}, "behavior": "Removed", "invert": True},
            {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True, "use_regex": True},
        ]},
        "post_processor": {"type": "RobertaProcessing", "sep": [END, ids[END]], "cls": [START, ids[START]],
                           "trim_offsets": False, "add_prefix_space": False},
        "decoder": {"type": "ByteLevel", "add_prefix_space": True, "trim_offsets": True, "use_regex": True},
        "model": {"type": "BPE", "dropout": None, "unk_token": END, "continuing_subword_prefix": "",
                  "end_of_word_suffix": "</w>", "fuse_unk": False, "vocab": ids,
                  "merges": [" ".join(m) for m in used]},
    }


if __name__ == "__main__":
    TOKENIZER.write_text(json.dumps(build(Path(sys.argv[1])), ensure_ascii=False, separators=(",", ":")) + "\n")
    print(f"{TOKENIZER.name}: {len(json.loads(TOKENIZER.read_text())['model']['vocab'])} tokens")
