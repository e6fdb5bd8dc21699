"""What the container is measured against: the same recommendation from an ordinary Python service.

    python bench/python/server.py <folder> <threads> <requests at once>

PyTorch on the CPU, Pillow, FAISS, FastAPI on uvicorn (uvloop and httptools). The folder is the artifact that the
container serves in fp32. Prints its port when it is ready.
"""
import io
import json
import os
import socket
import sys

folder, threads, at_once = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
os.environ["OMP_NUM_THREADS"] = str(threads)

import anyio  # noqa: E402
import faiss  # noqa: E402
import numpy as np  # noqa: E402
import torch  # noqa: E402
import uvicorn  # noqa: E402
import uvloop  # noqa: E402
from fastapi import FastAPI, Request  # noqa: E402
from fastapi.responses import JSONResponse  # noqa: E402
from PIL import Image  # noqa: E402

sys.path += [os.path.dirname(__file__), os.path.join(os.path.dirname(__file__), "../../tests/oracles")]
import stygig  # noqa: E402
import vit  # noqa: E402

torch.set_num_threads(threads)
torch.set_num_interop_threads(1)
faiss.omp_set_num_threads(threads)

SIDE = 224
MEAN = np.array([0.48145466, 0.4578275, 0.40821073], np.float32)[:, None, None]
STD = np.array([0.26862954, 0.26130258, 0.27577711], np.float32)[:, None, None]
tower = vit.load(f"{folder}/vision_model.onnx")
index = faiss.read_index(f"{folder}/index.faiss")
items = json.load(open(f"{folder}/metadata.json"))
for item in items:
    item["color"] = item.get("color_rgb", item.get("color"))


def tensor_of(image):
    scale = SIDE / min(image.size)
    wide, high = (int(SIDE * side / min(image.size)) if side > min(image.size) else SIDE for side in image.size)
    image = image.resize((wide, high), Image.BICUBIC) if scale != 1 else image
    left, top = round((wide - SIDE) / 2), round((high - SIDE) / 2)
    pixels = np.asarray(image.crop((left, top, left + SIDE, top + SIDE)), np.float32).transpose(2, 0, 1) / 255
    return torch.from_numpy((pixels - MEAN) / STD)[None]


@torch.inference_mode()
def recommend(body):
    image = Image.open(io.BytesIO(body)).convert("RGB")
    vector = tower(tensor_of(image))[0]
    vector = (vector / vector.norm()).numpy()
    scores, rows = index.search(vector[None], 50)
    colour = [int(level) for level in np.asarray(image.resize((150, 150), Image.BICUBIC), np.float64).mean((0, 1))]
    _, gender, confidence, ranked = stygig.recommend(items, colour, list(zip(rows[0].tolist(), scores[0].tolist())), set())
    return {
        "query_item": {"dominant_color": f"RGB({colour[0]}, {colour[1]}, {colour[2]})", "dominant_color_rgb": colour, "predicted_gender": gender, "gender_confidence": confidence},
        "recommendations": [
            {"item_id": items[row]["id"], "category": items[row]["category"], "gender": items[row]["gender"], "score": score, "color_score": harmony,
             "category_score": 1, "gender_score": suits, "colors": [items[row]["color"]], "path": items[row]["path"]}
            for row, score, harmony, suits in ranked
        ],
        "total_candidates": 50,
        "faiss_search_results": 50,
        "metadata": {"total_items": index.ntotal},
    }


app = FastAPI()
limiter = anyio.CapacityLimiter(at_once)


@app.post("/invocations")
async def invocations(request: Request):
    body = await request.body()
    return JSONResponse(await anyio.to_thread.run_sync(recommend, body, limiter=limiter))


@app.get("/ping")
def ping():
    return {}


async def main():
    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning", access_log=False, loop="uvloop", http="httptools", timeout_keep_alive=75))
    print(listening.getsockname()[1], flush=True)
    await server.serve(sockets=[listening])


if __name__ == "__main__":
    uvloop.run(main())
