"""Token ids by Hugging Face's tokenizers and by OpenCLIP: the reference of the CLIP tokenizer's tests.

    python -m venv /tmp/oracles && /tmp/oracles/bin/pip install tokenizers==0.23.3 ftfy==6.3.1 regex numpy
    /tmp/oracles/bin/pip install --no-deps open_clip_torch==3.3.0
    npx tsx tests/container/clip/vocabulary.ts > /tmp/tokenizer.json
    npx tsx tests/container/clip/strings.ts > /tmp/strings.jsonl
    /tmp/oracles/bin/python tests/oracles/tokenizer.py /tmp/tokenizer.json /tmp/strings.jsonl > tests/fixtures/clip/token-ids.json

It states on stderr where the two disagree. Nothing of it runs in `npm test`.
"""
import hashlib, importlib.util, json, random, struct, sys, types

from tokenizers import Tokenizer

if importlib.util.find_spec("torch") is None:  # SimpleTokenizer names torch's types and calls none of it here
    torch = types.ModuleType("torch")
    torch.LongTensor = torch.Tensor = object
    sys.modules["torch"] = torch
spec = importlib.util.find_spec("open_clip")
path = spec.submodule_search_locations[0] + "/tokenizer.py"
spec = importlib.util.spec_from_file_location("open_clip_tokenizer", path)
open_clip = importlib.util.module_from_spec(spec)
spec.loader.exec_module(open_clip)

CONTEXT = 77
hugging_face = Tokenizer.from_file(sys.argv[1])
simple = open_clip.SimpleTokenizer()
strings = [json.loads(line) for line in open(sys.argv[2], encoding="utf-8")]


def cut(ids):
    return ids if len(ids) <= CONTEXT else ids[: CONTEXT - 1] + [ids[-1]]


def by_hugging_face(text):
    return cut(hugging_face.encode(text).ids)


def by_open_clip(text):
    return cut([simple.sot_token_id] + simple.encode(text) + [simple.eot_token_id])


def digest(rows):
    total = hashlib.sha256()
    for ids in rows:
        total.update(struct.pack(f"<{len(ids) + 1}H", len(ids), *ids))
    return total.hexdigest()


reference = [by_hugging_face(text) for text in strings]
other = [by_open_clip(text) for text in strings]
differing = [i for i in range(len(strings)) if reference[i] != other[i]]

# After OpenCLIP's own cleaning the two must agree, unless a special token is written out in the text,
# or OpenCLIP's case-insensitive pattern takes a letter for another: 'ſ for 's, U+0345 for an iota.
EXPLAINED = ("<|startoftext|>", "<|endoftext|>", "<start_of_text>", "<end_of_text>", "'\u017f", "\u0345")
cleaned = {i: simple.clean_fn(strings[i]) for i in differing}
unexplained = {}
for i in differing:
    if by_hugging_face(cleaned[i]) == other[i]:
        continue
    if any(mark in cleaned[i] for mark in EXPLAINED):
        continue
    unexplained[i] = cleaned[i]
print(f"{len(strings)} strings: {len(differing)} differ before cleaning, {len(unexplained)} after it", file=sys.stderr)
assert not unexplained, [ascii(text) for text in unexplained.values()]

agreeing = [i for i in cleaned if by_hugging_face(cleaned[i]) == other[i]]
random.seed(0)
json.dump({
    "about": "written by tests/oracles/tokenizer.py with tokenizers 0.23.3 and open_clip_torch 3.3.0",
    "strings": {"count": len(strings), "sha256": hashlib.sha256("\n".join(json.dumps(s, ensure_ascii=True) for s in strings).encode()).hexdigest()},
    "huggingFace": {"sha256": digest(reference)},
    "openClip": {"differsOnRawText": differing, "sha256OfTheRest": digest(other[i] for i in range(len(strings)) if i not in set(differing)),
                 "cleaned": [{"text": cleaned[i], "ids": other[i]} for i in random.sample(agreeing, 150) if len(cleaned[i]) < 200]},
    "cases": [{"text": strings[i], "ids": reference[i]} for i in random.sample(range(len(strings)), 300) if len(strings[i]) < 120],
}, sys.stdout, ensure_ascii=True, separators=(",", ":"))
