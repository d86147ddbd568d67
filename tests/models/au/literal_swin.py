"""Swin v1 taken literally from its formulas, running on published key names: window 7, patch 4."""

import torch
from torch.nn import functional as F

WINDOW = 7


def linear(state, name, x):
    return F.linear(x, state[f"{name}.weight"], state.get(f"{name}.bias"))


def norm(state, name, x):
    return F.layer_norm(x, x.shape[-1:], state[f"{name}.weight"], state[f"{name}.bias"], eps=1e-5)


def windows(x):
    """(B, H, W, C) → (B, windows, 49, C)."""
    b, h, w, c = x.shape
    x = x.view(b, h // WINDOW, WINDOW, w // WINDOW, WINDOW, c)
    return x.permute(0, 1, 3, 2, 4, 5).reshape(b, -1, WINDOW * WINDOW, c)


def unwindows(x, h, w):
    b, _, _, c = x.shape
    x = x.view(b, h // WINDOW, w // WINDOW, WINDOW, WINDOW, c)
    return x.permute(0, 1, 3, 2, 4, 5).reshape(b, h, w, c)


def shift_mask(h, w, shift):
    """−100 between tokens that were not neighbours before the cyclic shift, (windows, 49, 49)."""
    region = torch.zeros(1, h, w, 1)
    cuts = (slice(0, -WINDOW), slice(-WINDOW, -shift), slice(-shift, None))
    for number, (rows, columns) in enumerate((r, c) for r in cuts for c in cuts):
        region[:, rows, columns] = number
    region = windows(region)[0, :, :, 0]
    return (region[:, :, None] != region[:, None, :]) * -100.0


def block(state, name, x, heads, shift):
    b, h, w, c = x.shape
    shift = 0 if min(h, w) <= WINDOW else shift
    y = norm(state, f"{name}.norm1", x)
    y = windows(torch.roll(y, (-shift, -shift), (1, 2)))
    qkv = linear(state, f"{name}.attn.qkv", y)
    q, k, v = qkv.view(b, -1, WINDOW**2, 3, heads, c // heads).permute(3, 0, 1, 4, 2, 5)
    scores = (q * (c // heads) ** -0.5) @ k.transpose(-1, -2)  # (B, windows, heads, 49, 49)
    index = state[f"{name}.attn.relative_position_index"]
    scores = scores + state[f"{name}.attn.relative_position_bias_table"][index].permute(2, 0, 1)
    if shift:
        scores = scores + shift_mask(h, w, shift)[:, None]
    y = (scores.softmax(-1) @ v).transpose(2, 3).reshape(b, -1, WINDOW**2, c)
    y = unwindows(linear(state, f"{name}.attn.proj", y), h, w)
    x = x + torch.roll(y, (shift, shift), (1, 2))
    y = F.gelu(linear(state, f"{name}.mlp.fc1", norm(state, f"{name}.norm2", x)))
    return x + linear(state, f"{name}.mlp.fc2", y)


def downsample(state, name, x):
    neighbours = [x[:, row::2, column::2] for row, column in ((0, 0), (1, 0), (0, 1), (1, 1))]
    return linear(state, f"{name}.reduction", norm(state, f"{name}.norm", torch.cat(neighbours, -1)))


def literal_swin(state, image, depths, heads):
    """Normalised last tokens (B, T, C) of an image (B, 3, H, W)."""
    x = F.conv2d(image, state["patch_embed.proj.weight"], state["patch_embed.proj.bias"], stride=4)
    x = norm(state, "patch_embed.norm", x.permute(0, 2, 3, 1))
    for stage, (depth, n_heads) in enumerate(zip(depths, heads, strict=True)):
        for number in range(depth):
            shift = 0 if number % 2 == 0 else WINDOW // 2
            x = block(state, f"layers.{stage}.blocks.{number}", x, n_heads, shift)
        if stage < len(depths) - 1:
            x = downsample(state, f"layers.{stage}.downsample", x)
    return norm(state, "norm", x).flatten(1, 2)
