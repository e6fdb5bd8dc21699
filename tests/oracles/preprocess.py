"""Images of many kinds and what CLIP's validation transform makes of them: the reference of the preprocessing tests.

    python -m venv /tmp/oracles && /tmp/oracles/bin/pip install pillow==12.0.0 numpy
    /tmp/oracles/bin/python tests/oracles/preprocess.py tests/fixtures/clip/images

The transform is torchvision's Resize and CenterCrop on a PIL image, as OpenCLIP composes them, then ToTensor and
Normalize in float32. Two kinds are converted to RGB first, where OpenCLIP would not: palette and 1-bit images, which
Pillow scales by nearest neighbour; and 16-bit grey, which Pillow clips to white, takes its high byte.
Nothing of it runs in `npm test`.
"""
import hashlib, json, os, struct, sys, zlib

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

SIZE = 224
MEAN = np.array([0.48145466, 0.4578275, 0.40821073], dtype=np.float32)
STD = np.array([0.26862954, 0.26130258, 0.27577711], dtype=np.float32)
out = sys.argv[1]
os.makedirs(out, exist_ok=True)


def picture(width, height, seed):
    """A smooth ground with hard-edged shapes on it."""
    random = np.random.default_rng(seed)
    ground = Image.fromarray(random.integers(0, 256, (3, 3, 3), dtype=np.uint8)).resize((width, height), Image.BICUBIC)
    draw = ImageDraw.Draw(ground)
    for _ in range(8):
        x, y, s = random.integers(0, width), random.integers(0, height), random.integers(4, max(5, min(width, height) // 2))
        draw.ellipse([x, y, x + s, y + s], fill=tuple(int(v) for v in random.integers(0, 256, 3)))
        draw.line([x, y, int(random.integers(0, width)), int(random.integers(0, height))], fill=(0, 0, 0), width=2)
    return ground


def transform(image, rgb_first):
    if rgb_first:
        image = image.convert("RGB")
    width, height = image.size
    scaled = (SIZE, int(SIZE * height / width)) if width <= height else (int(SIZE * width / height), SIZE)
    image = image.resize(scaled, Image.BICUBIC)
    left, top = int(round((scaled[0] - SIZE) / 2.0)), int(round((scaled[1] - SIZE) / 2.0))
    image = image.crop((left, top, left + SIZE, top + SIZE)).convert("RGB")
    pixels = np.asarray(image)
    tensor = ((pixels.astype(np.float32) / np.float32(255)) - MEAN) / STD
    return pixels, np.ascontiguousarray(tensor.transpose(2, 0, 1))


def png16(path, image):
    samples = np.asarray(image).astype(">u2") * 257
    rows = b"".join(b"\0" + row.tobytes() for row in samples)
    colour = 2 if samples.ndim == 3 else 0
    chunk = lambda kind, data: struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    header = struct.pack(">IIBBBBB", image.width, image.height, 16, colour, 0, 0, 0)
    open(path, "wb").write(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows, 9)) + chunk(b"IEND", b""))


veiled = picture(120, 90, 10).convert("RGBA")
veil = Image.new("L", veiled.size, 0)
ImageDraw.Draw(veil).ellipse([15, 10, 105, 80], fill=255)
veiled.putalpha(veil.filter(ImageFilter.GaussianBlur(6)))
rotated = Image.Exif()
rotated[0x0112] = 6

images = {
    "wide.jpg": (picture(400, 300, 1), dict(quality=85)),
    "tall.jpg": (picture(240, 520, 2), dict(quality=85)),
    "fine-chroma.jpg": (picture(250, 231, 3), dict(quality=90, subsampling=0)),
    "enlarged.jpg": (picture(150, 100, 4), dict(quality=90)),
    "progressive.jpg": (picture(320, 240, 5), dict(quality=85, progressive=True)),
    "grey.jpg": (picture(300, 240, 6).convert("L"), dict(quality=85)),
    "cmyk.jpg": (picture(170, 160, 7).convert("CMYK"), dict(quality=85)),
    "exif-rotated.jpg": (picture(300, 180, 8), dict(quality=85, exif=rotated)),
    "odd.png": (picture(131, 97, 9), {}),
    "alpha.png": (veiled, {}),
    "grey-alpha.png": (veiled.convert("LA"), {}),
    "palette.png": (picture(200, 150, 11).quantize(32), {}),
    "bilevel.png": (picture(150, 130, 12).convert("1"), {}),
    "grey.png": (picture(200, 150, 13).convert("L"), {}),
    "same-size.png": (picture(224, 224, 14).quantize(16).convert("RGB"), {}),
    "one-pixel.png": (Image.new("RGB", (1, 1), (200, 30, 90)), {}),
    "thin.png": (picture(1, 150, 15), {}),
    "flat.png": (picture(900, 6, 16), {}),
    "lossy.webp": (picture(320, 240, 17), dict(quality=85)),
    "lossless.webp": (picture(100, 160, 18), dict(lossless=True)),
    "animation.gif": (picture(150, 130, 19).quantize(64), dict(save_all=True, append_images=[picture(150, 130, 20).quantize(64)])),
    "plain.tiff": (picture(90, 80, 21), dict(compression="tiff_deflate")),
}
expected = {}


def record(name, image, rgb_first):
    pixels, tensor = transform(image, rgb_first)
    expected[name] = {"rgbSha256": hashlib.sha256(pixels.tobytes()).hexdigest(), "tensorSha256": hashlib.sha256(tensor.tobytes()).hexdigest()}


for name, (image, options) in images.items():
    path = f"{out}/{name}"
    image.save(path, **options)
    record(name, Image.open(path), rgb_first=Image.open(path).mode in ("P", "1"))
for name, image in {"grey-16.png": picture(90, 80, 22).convert("L"), "rgb-16.png": picture(60, 70, 23)}.items():
    png16(f"{out}/{name}", image)
    record(name, image, rgb_first=False)

json.dump({"about": f"written by tests/oracles/preprocess.py with Pillow {Image.__version__}", "images": expected}, open(f"{out}/expected.json", "w"), indent=1)
print(sum(os.path.getsize(f"{out}/{name}") for name in os.listdir(out)), "bytes")
