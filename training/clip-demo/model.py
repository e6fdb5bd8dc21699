"""The two towers: a small convolutional network and a small causal transformer, both into 512 numbers."""
from __future__ import annotations

import math

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from tokenizer import CONTEXT

DIMENSION = 512


class ConvBlock(nn.Module):
    """3 × 3 convolution, batch norm, ReLU; a residual one where the shape stays."""

    def __init__(self, inputs: int, outputs: int, kernel: int = 3, stride: int = 1, padding: int = 1):
        super().__init__()
        self.conv = nn.Conv2d(inputs, outputs, kernel, stride, padding, bias=False)
        self.norm: nn.Module = nn.BatchNorm2d(outputs)
        self.residual = inputs == outputs and stride == 1

    def forward(self, x: Tensor) -> Tensor:
        y = F.relu(self.norm(self.conv(x)))
        return x + y if self.residual else y


class ImageTower(nn.Module):
    """`pixel_values` float32 [B, 3, 224, 224] → `image_embeds` float32 [B, 512], not normalised."""

    def __init__(self, widths: tuple[int, int, int] = (32, 64, 96)):
        super().__init__()
        a, b, c = widths
        self.halve = nn.AvgPool2d(2)
        self.blocks = nn.Sequential(
            ConvBlock(3, a, kernel=6, stride=4), ConvBlock(a, a),
            ConvBlock(a, b, stride=2), ConvBlock(b, b),
            ConvBlock(b, c, stride=2), ConvBlock(c, c),
        )
        self.project = nn.Linear(c, DIMENSION)

    def forward(self, pixel_values: Tensor) -> Tensor:
        return self.embed_halved(self.halve(pixel_values))

    def embed_halved(self, x: Tensor) -> Tensor:
        """The same from pictures [B, 3, 112, 112] that are averaged 2 × 2 already."""
        return self.project(self.blocks(x).mean((2, 3)))


class TextLayer(nn.Module):
    def __init__(self, width: int, heads: int):
        super().__init__()
        self.heads = heads
        self.norm1, self.norm2 = nn.LayerNorm(width), nn.LayerNorm(width)
        self.qkv, self.out = nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.grow, self.shrink = nn.Linear(width, 2 * width), nn.Linear(2 * width, width)

    def forward(self, x: Tensor, mask: Tensor) -> Tensor:
        batch, length, width = x.shape
        split = (batch, length, self.heads, width // self.heads)
        q, k, v = (part.reshape(split).transpose(1, 2) for part in self.qkv(self.norm1(x)).chunk(3, -1))
        weights = torch.softmax(q @ k.transpose(2, 3) / math.sqrt(width // self.heads) + mask, -1)
        x = x + self.out((weights @ v).transpose(1, 2).reshape(batch, length, width))
        return x + self.shrink(F.relu(self.grow(self.norm2(x))))


class TextTower(nn.Module):
    """`input_ids` int64 [B, T], T ≤ 77 → `text_embeds` float32 [B, 512], not normalised.

    Causal, and read at the first <|endoftext|> (the largest id): whatever pads a row after it changes nothing.
    """

    def __init__(self, tokens: int, width: int = 64, layers: int = 2, heads: int = 4):
        super().__init__()
        self.token = nn.Embedding(tokens, width)
        self.position = nn.Parameter(torch.randn(CONTEXT, width) * 0.02)
        nn.init.normal_(self.token.weight, std=0.05)
        self.layers = nn.ModuleList(TextLayer(width, heads) for _ in range(layers))
        self.norm = nn.LayerNorm(width)
        self.project = nn.Linear(width, DIMENSION, bias=False)
        self.register_buffer("mask", torch.full((CONTEXT, CONTEXT), -1e4).triu(1), persistent=False)

    def forward(self, input_ids: Tensor) -> Tensor:
        length = input_ids.shape[1]
        x = self.token(input_ids) + self.position[:length]
        for layer in self.layers:
            x = layer(x, self.mask[:length, :length])
        end = input_ids.argmax(-1)
        last = x.gather(1, end[:, None, None].expand(-1, 1, x.shape[2])).squeeze(1)
        return self.project(self.norm(last))


class Clip(nn.Module):
    def __init__(self, tokens: int):
        super().__init__()
        self.image, self.text = ImageTower(), TextTower(tokens)
        self.logit_scale = nn.Parameter(torch.tensor(math.log(20.0)))
