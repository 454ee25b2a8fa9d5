"""Recomputes a saved model in PyTorch from its safetensors block and compares with what Vae.MLNet said.

Usage: check_weights.py model.zip rows.f32 outputs.f32
  model.zip    saved by MLContext.Model.Save; one Vae.MLNet transformer in it
  rows.f32     the rows as the transformer saw them: 32-bit floats, [rows, features]
  outputs.f32  what it said of them: mean, log-variance, reconstruction, score, row by row

Prints the largest absolute difference of each output and exits with 1 if one is above 1e-4 (relative to values above 1).
Needs PyTorch and NumPy only: safetensors is an 8-byte length, a JSON header and the numbers.
"""
import json
import struct
import sys
import zipfile

import numpy as np
import torch
import torch.nn.functional as F

TOLERANCE = 1e-4


def read_model(path):
    with zipfile.ZipFile(path) as archive:
        entry = next(name for name in archive.namelist() if name.endswith("weights.safetensors"))
        config = json.loads(archive.read(entry.replace("weights.safetensors", "config.json")))
        block = archive.read(entry)
    length, = struct.unpack_from("<q", block)
    header = json.loads(block[8:8 + length])
    weights = {}
    for name, tensor in header.items():
        start, end = tensor["data_offsets"]
        values = np.frombuffer(block[8 + length + start:8 + length + end], dtype={"F32": "<f4", "F64": "<f8"}[tensor["dtype"]])
        weights[name] = torch.tensor(values.astype(np.float32).reshape(tensor["shape"]))
    return config, weights


def mix(z):
    """SplitMix64's output function (Steele et al., 2014)."""
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return z ^ (z >> np.uint64(31))


def score_noise(rows, seed, width):
    """The draw of a row's score depends on the row's encoded values alone."""
    golden = np.uint64(0x9E3779B97F4A7C15)
    key = np.full(len(rows), mix(np.uint64(seed % 2**64) + golden))
    pairs = rows.shape[1] // 2
    words = np.ascontiguousarray(rows[:, :2 * pairs]).view(np.uint64)
    for i in range(pairs):
        key = (key ^ words[:, i]) * golden
        key = (key << np.uint64(29)) | (key >> np.uint64(35))
    if rows.shape[1] % 2:
        key = (key ^ np.ascontiguousarray(rows[:, -1:]).view(np.uint32)[:, 0].astype(np.uint64)) * golden
    key = mix(key)
    noise = np.empty((len(rows), width + width % 2), dtype=np.float32)
    for i in range(0, width, 2):
        key = key + golden
        bits = mix(key)
        radius = np.sqrt(-2 * np.log(((bits >> np.uint64(32)).astype(np.float64) + 1) / 2**32))
        angle = 2 * np.pi * (bits & np.uint64(0xFFFFFFFF)).astype(np.float64) / 2**32
        noise[:, i] = radius * np.cos(angle)
        noise[:, i + 1] = radius * np.sin(angle)
    return torch.tensor(noise[:, :width])


def main(model_path, rows_path, outputs_path):
    config, weights = read_model(model_path)
    column, = config["inputColumns"]
    features, latent, layers = column["size"], config["latentDimension"], len(config["hiddenLayerSizes"])
    bernoulli = column["likelihood"] == "Bernoulli"
    rows = np.fromfile(rows_path, dtype="<f4").reshape(-1, features)
    outputs = np.fromfile(outputs_path, dtype="<f4").reshape(len(rows), 2 * latent + features + 1)

    def linear(x, name):
        return F.linear(x, weights[name + ".weight"], weights[name + ".bias"])

    def hidden(x, network):
        for i in range(layers):
            x = torch.relu(linear(x, f"{network}.hidden.layers.linear{i}"))
        return x

    def decode(z):
        return linear(hidden(z, "decoder"), "decoder.output")

    centre, scale = (torch.zeros(features), torch.ones(features)) if bernoulli else (weights["columns.0.centre"], weights["columns.0.scale"])
    divisor = torch.where(scale == 0, torch.ones(()), scale)  # 0: constant in training
    x = (torch.tensor(rows) - centre) / divisor
    trunk = hidden(x, "encoder")
    mean, log_variance = linear(trunk, "encoder.mean"), linear(trunk, "encoder.log_variance")
    reconstruction = decode(mean)
    decoded = decode(mean + (log_variance / 2).exp() * score_noise(x.numpy(), config["seed"], latent))
    if bernoulli:
        reconstruction = torch.sigmoid(reconstruction)
        log_likelihood = -F.binary_cross_entropy_with_logits(decoded, x, reduction="none").sum(1)
    else:
        variance = weights["likelihood.log_variance"].exp() + 1e-6
        log_likelihood = -0.5 * ((x - decoded) ** 2 / variance + variance.log() + np.log(2 * np.pi)).sum(1) - divisor.double().log().sum().float()
    kl = 0.5 * (log_variance.exp() + mean ** 2 - log_variance - 1).sum(1)

    said = np.split(outputs, [latent, 2 * latent, 2 * latent + features], axis=1)
    ours = [mean, log_variance, reconstruction * scale + centre, (kl - log_likelihood)[:, None]]
    failed = False
    for name, expected, computed in zip(["mean", "log-variance", "reconstruction", "score"], said, ours):
        computed = computed.numpy()
        difference = np.abs(expected - computed)
        relative = (difference / np.maximum(1, np.abs(expected))).max()
        print(f"{name}: largest difference {difference.max():.2e}, relative to values above 1 {relative:.2e}; averages {expected.mean(dtype=np.float64):.6f} and {computed.mean(dtype=np.float64):.6f}")
        failed |= not relative <= TOLERANCE
    return int(failed)


if __name__ == "__main__":
    np.seterr(over="ignore")
    with torch.no_grad():
        sys.exit(main(*sys.argv[1:]))
