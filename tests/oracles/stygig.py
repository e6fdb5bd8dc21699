"""Stygig V4's scoring, written down once more in the plainest way: the reference of the clip-recommend tests.

    python tests/oracles/stygig.py > tests/fixtures/stygig-cases.json

Python 3 and nothing else. It shares no table with the product. Nothing of it runs in `npm test`.
"""
import colorsys, json, random, sys

UPPER = ["upperwear_shirt", "upperwear_tshirt", "upperwear_top", "upperwear_blouse", "upperwear_jacket"]
ONE = ["one-piece_dress", "one-piece_jumpsuit"]
DATASET = ["upperwear_shirt", "upperwear_tshirt", "upperwear_jacket", "bottomwear_pants", "bottomwear_shorts", "bottomwear_skirt",
           "footwear_shoes", "footwear_sneakers", "footwear_heels", "footwear_flats", "accessories_bag", "accessories_hat", "one-piece_dress"]
OTHERS = ["upperwear_top", "upperwear_blouse", "bottomwear_jeans", "bottomwear_trousers", "one-piece_jumpsuit", "sleepwear_robe"]


def exclusion(q):
    if q in UPPER:
        return set(UPPER + ONE)
    if q in ONE:
        return set(ONE + UPPER + ["bottomwear_pants", "bottomwear_shorts", "bottomwear_skirt"])
    b = lambda *kinds: {"bottomwear_" + k for k in kinds}
    if q == "bottomwear_pants":
        return b("pants", "shorts", "jeans", "trousers", "skirt")
    if q == "bottomwear_shorts":
        return b("pants", "shorts", "jeans", "skirt")
    if q == "bottomwear_jeans":
        return b("pants", "jeans", "trousers", "skirt")
    if q == "bottomwear_skirt":
        return b("pants", "shorts", "jeans", "skirt")
    return {q}


def compatible(q):
    U = {"upperwear_shirt", "upperwear_tshirt", "upperwear_jacket"}
    B = {"bottomwear_pants", "bottomwear_shorts", "bottomwear_skirt"}
    A = {"accessories_bag", "accessories_hat"}
    D = {"one-piece_dress"}
    F = lambda *kinds: {"footwear_" + k for k in kinds}
    if q == "upperwear_tshirt":
        return B | {"upperwear_jacket"} | F("shoes", "sneakers", "flats") | A
    if q in U:
        return B | F("shoes", "sneakers", "flats") | A
    if q in ("bottomwear_pants", "bottomwear_shorts"):
        return U | F("shoes", "sneakers", "flats") | A
    if q == "bottomwear_skirt":
        return U | F("shoes", "heels", "flats") | A
    if q == "one-piece_dress":
        return {"upperwear_jacket"} | F("heels", "flats", "shoes") | A
    if q in ("footwear_shoes", "footwear_flats"):
        return U | B | D | A
    if q == "footwear_sneakers":
        return U | {"bottomwear_pants", "bottomwear_shorts"} | A
    if q == "footwear_heels":
        return U | {"bottomwear_skirt"} | D | A
    if q in A:
        return U | B | D | F("shoes", "sneakers", "heels", "flats")
    return set()


def gender_of(category):
    c = category.lower()
    has = lambda *words: any(w in c for w in words)
    if not c:
        return "unisex", 0.5
    if has("dress", "skirt", "heels"):
        return "female", 0.85
    if has("suit", "tie"):
        return "male", 0.75
    if has("jacket", "coat", "sweater", "jeans", "shorts", "sneakers", "bag", "hat", "watch"):
        return "unisex", 0.7
    if has("shirt", "tshirt"):
        return "unisex", 0.65
    if has("pants", "trouser"):
        return "unisex", 0.7
    return "unisex", 0.6


def harmony(c1, c2):
    (h1, l1, s1), (h2, l2, s2) = (colorsys.rgb_to_hls(*(v / 255 for v in c)) for c in (c1, c2))
    for s, l in ((s1, l1), (s2, l2)):
        if s < 0.2 or l < 0.1 or l > 0.9:
            return 1.0
    d = abs(h1 - h2)
    d = min(d, 1 - d)
    if d <= 0.084:
        return 0.9
    if 0.45 <= d <= 0.55:
        return 0.8
    if 0.29 <= d <= 0.375:
        return 0.7
    return 0.2


ALLOWED = {"male": {"male", "unisex"}, "female": {"female", "unisex"}, "unisex": {"unisex", "male"}}


def recommend(items, colour, candidates, flags):
    first = [items[i]["category"] for i, _ in candidates[:5]]
    q = max(first, key=lambda c: (first.count(c), -first.index(c))) if first else None
    gender, confidence = ("unisex", 0.0) if q is None or "queryUnisex" in flags else gender_of(q)
    best, fallback = {}, []
    for i, s in candidates:
        item = items[i]
        if item["gender"] not in ALLOWED[gender]:
            continue
        h = harmony(colour, [128, 128, 128] if "itemColoursGrey" in flags else item["color"])
        g = 1.0 if item["gender"] == gender else 0.75
        fallback.append((0.45 * h + 0.25 * 1.0 + 0.30 * g, i, h, g))
        if q is None or item["category"] in exclusion(q) | {q}:
            continue
        score = 0.4 * s + 0.4 * h + 0.2 * g
        if item["category"] in compatible(q):
            score *= 1.15
        score = round(score, 4)
        if item["category"] not in best or score > best[item["category"]][0]:
            best[item["category"]] = (score, i, h, g)
    if best:
        ranked = sorted(best.values(), key=lambda r: -r[0])
    else:
        ranked, seen = [], set()
        for row in sorted(fallback, key=lambda r: -r[0]):
            if items[row[1]]["id"] not in seen:
                seen.add(items[row[1]]["id"])
                ranked.append(row)
    return q, gender, confidence, [[i, round(score, 4), h, g] for score, i, h, g in ranked[:26]]


if __name__ == "__main__":
    random.seed(20261123)
    items = []
    for n in range(150):
        category = random.choice(DATASET) if random.random() < 0.85 else random.choice(OTHERS)
        colour = [random.randrange(256) for _ in range(3)] if random.random() < 0.8 else [random.randrange(0, 256, 51)] * 3
        gender = gender_of(category)[0] if random.random() < 0.8 else random.choice(["male", "female", "unisex"])
        items.append({"id": f"item_{n % 140}", "category": category, "gender": gender, "color": colour})
    cases = []
    for n in range(200):
        pool = [i for i in range(150) if n % 10 or items[i]["category"] == items[n % 150]["category"]]  # every tenth: one category only
        chosen = random.sample(pool, min(len(pool), random.choice([0, 1, 3, 6, 15, 40])))
        sims = sorted((round(random.uniform(-0.1, 1), random.choice([1, 3, 6])) for _ in chosen), reverse=True)
        candidates = [[i, s] for i, s in zip(chosen, sims)]
        colour = [random.randrange(256) for _ in range(3)]
        flags = [f for f in ("itemColoursGrey", "queryUnisex") if random.random() < 0.25]
        q, gender, confidence, expected = recommend(items, colour, candidates, flags)
        cases.append({"colour": colour, "candidates": candidates, "compatibility": flags, "category": q, "gender": gender, "confidence": confidence, "expected": expected})
    json.dump({"about": "written by tests/oracles/stygig.py", "items": items, "cases": cases}, sys.stdout, separators=(",", ":"))
