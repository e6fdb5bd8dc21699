"""CLIP's ViT-B/32 image tower in PyTorch, with the weights of the ONNX file that bench/assets/vit-b32.ts writes."""
import onnx
import torch
import torch.nn.functional as F
from onnx import numpy_helper
from torch import nn

WIDTH, HEADS, LAYERS, PATCH = 768, 12, 12, 32


class QuickGELU(nn.Module):
    def forward(self, x):
        return x * torch.sigmoid(1.702 * x)


class Block(nn.Module):
    def __init__(self):
        super().__init__()
        self.norm1, self.norm2 = nn.LayerNorm(WIDTH), nn.LayerNorm(WIDTH)
        self.qkv = nn.Linear(WIDTH, 3 * WIDTH)
        self.out = nn.Linear(WIDTH, WIDTH)
        self.mlp = nn.Sequential(nn.Linear(WIDTH, 4 * WIDTH), QuickGELU(), nn.Linear(4 * WIDTH, WIDTH))

    def forward(self, x):
        batch, tokens, _ = x.shape
        q, k, v = self.qkv(self.norm1(x)).view(batch, tokens, 3, HEADS, WIDTH // HEADS).permute(2, 0, 3, 1, 4)
        mixed = F.scaled_dot_product_attention(q, k, v).transpose(1, 2).reshape(batch, tokens, WIDTH)
        x = x + self.out(mixed)
        return x + self.mlp(self.norm2(x))


class VisionTower(nn.Module):
    def __init__(self):
        super().__init__()
        self.patch = nn.Conv2d(3, WIDTH, PATCH, PATCH, bias=False)
        self.token = nn.Parameter(torch.zeros(1, 1, WIDTH))
        self.position = nn.Parameter(torch.zeros(50, WIDTH))
        self.pre, self.post = nn.LayerNorm(WIDTH), nn.LayerNorm(WIDTH)
        self.blocks = nn.Sequential(*(Block() for _ in range(LAYERS)))
        self.projection = nn.Parameter(torch.zeros(WIDTH, 512))

    def forward(self, pixels):
        patches = self.patch(pixels).flatten(2).transpose(1, 2)
        x = torch.cat([self.token.expand(len(pixels), -1, -1), patches], 1) + self.position
        x = self.blocks(self.pre(x))
        return self.post(x[:, 0]) @ self.projection


def load(path):
    weights = {one.name: torch.from_numpy(numpy_helper.to_array(one).copy()) for one in onnx.load(path).graph.initializer}
    linear = lambda name: {"weight": weights[name + ".weight"].T.contiguous(), "bias": weights[name + ".bias"]}
    norm = lambda name: {"weight": weights[name + ".weight"], "bias": weights[name + ".bias"]}
    parts = {"patch": {"weight": weights["patch.weight"]}, "pre": norm("pre"), "post": norm("post")}
    for layer in range(LAYERS):
        here, there = f"layer{layer}", f"blocks.{layer}"
        parts[f"{there}.norm1"], parts[f"{there}.norm2"] = norm(f"{here}.norm1"), norm(f"{here}.norm2")
        three = [linear(f"{here}.{one}") for one in "qkv"]
        parts[f"{there}.qkv"] = {kind: torch.cat([one[kind] for one in three]) for kind in ("weight", "bias")}
        parts[f"{there}.out"] = linear(f"{here}.out")
        parts[f"{there}.mlp.0"], parts[f"{there}.mlp.2"] = linear(f"{here}.up"), linear(f"{here}.down")
    state = {f"{part}.{kind}": value for part, kinds in parts.items() for kind, value in kinds.items()}
    state |= {"token": weights["class"], "position": weights["position"], "projection": weights["projection"]}
    tower = VisionTower()
    tower.load_state_dict(state)
    return tower.eval()
