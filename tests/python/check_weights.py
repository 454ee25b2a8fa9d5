"""Recomputes a saved model in PyTorch from its safetensors block and compares with what Vae.MLNet said.

Usage: check_weights.py model.zip rows.f32 outputs.f32
  model.zip    saved by MLContext.Model.Save; one Vae.MLNet transformer in it
  rows.f32     the rows as the transformer saw them, 32-bit floats, row by row: the input columns in order (a vector as its values, a key as its number), then the label if there is one;
               NaN and key 0 are missing values
  outputs.f32  what it said of them: mean, log-variance, reconstruction (columns as in rows.f32), score, row by row

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
GOLDEN = np.uint64(0x9E3779B97F4A7C15)


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
        weights[name] = values.reshape(tensor["shape"])
    return config, weights


def mix(z):
    """SplitMix64's output function (Steele et al., 2014)."""
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return z ^ (z >> np.uint64(31))


def key_of_values(rows, seed):
    key = np.full(len(rows), mix(np.uint64(seed % 2**64) + GOLDEN))
    pairs = rows.shape[1] // 2
    words = np.ascontiguousarray(rows[:, :2 * pairs]).view(np.uint64)
    for i in range(pairs):
        key = (key ^ words[:, i]) * GOLDEN
        key = (key << np.uint64(29)) | (key >> np.uint64(35))
    if rows.shape[1] % 2:
        key = (key ^ np.ascontiguousarray(rows[:, -1:]).view(np.uint32)[:, 0].astype(np.uint64)) * GOLDEN
    return mix(key)


def score_noise(rows, missing, has_holes, seed, width):
    """The draw of a row's score depends on what is there and what is missing, and on nothing else."""
    key = key_of_values(rows, seed)
    key = np.where(has_holes, mix(key ^ mix(key_of_values(missing, seed) + GOLDEN)), key)
    noise = np.empty((len(rows), width + width % 2), dtype=np.float32)
    for i in range(0, width, 2):
        key = key + GOLDEN
        bits = mix(key)
        radius = np.sqrt(-2 * np.log(((bits >> np.uint64(32)).astype(np.float64) + 1) / 2**32))
        angle = 2 * np.pi * (bits & np.uint64(0xFFFFFFFF)).astype(np.float64) / 2**32
        noise[:, i] = radius * np.cos(angle)
        noise[:, i + 1] = radius * np.sin(angle)
    return torch.tensor(noise[:, :width])


class Column:
    """One input column: its place in a row of the file, and in a dense row."""

    def __init__(self, config, tables):
        self.likelihood, self.scaling = config["likelihood"], config["scaling"]
        self.categories, self.size = config.get("categories"), config.get("size")
        self.width = self.categories or self.size or 1
        self.file_width = 1 if self.categories else self.width
        self.flag = config["type"] == "Boolean"
        self.tables = tables
        # Vectors are scaled in single precision, scalars in double.
        self.precision = np.float32 if self.size else np.float64

    def encode(self, values):
        """Slots, marks of missing numbers, and the logarithm of the slope."""
        if self.categories:
            return np.eye(self.categories + 1, dtype=np.float32)[values[:, 0].astype(int)][:, 1:], np.zeros((len(values), 0)), np.zeros(len(values))
        missing, values = np.isnan(values), values.astype(self.precision)
        if self.scaling == "Standard":
            divisor = np.where(self.tables["scale"] == 0, 1, self.tables["scale"])  # 0: constant in training
            slots, slope = (values - self.tables["centre"].astype(self.precision)) / divisor.astype(self.precision), np.broadcast_to(-np.log(divisor), values.shape)
        elif self.scaling == "Quantile":
            parts = [self.quantile(values[:, i].astype(np.float64), *self.tables[f"quantiles.{i}"][:2]) for i in range(self.width)]
            slots, slope = np.stack([part[0] for part in parts], 1), np.stack([part[1] for part in parts], 1)
        else:
            slots, slope = values, np.zeros(values.shape)
        return np.where(missing, 0, slots).astype(np.float32), missing, np.where(missing, 0, slope).sum(1)

    @staticmethod
    def quantile(x, values, scores):
        last = len(values) - 1
        piece = np.clip(np.searchsorted(values, x, side="right") - 1, 0, last - 1)
        start = np.where(x < values[0], 0, np.where(x > values[-1], last // 2, piece))
        stop = np.where(x < values[0], (last + 1) // 2, np.where(x > values[-1], last, piece + 1))
        slope = (scores[stop] - scores[start]) / (values[stop] - values[start])
        anchor = np.where(x > values[-1], last, piece)
        return scores[anchor] + (x - values[anchor]) * slope, np.log(slope)

    def decode(self, slots):
        if self.categories:
            return np.where(self.tables["counts"] > 0, slots, -1).argmax(1)[:, None] + 1
        if self.scaling == "Standard":
            return slots * self.tables["scale"] + self.tables["centre"]
        if self.scaling == "Quantile":
            return np.stack([np.interp(slots[:, i], self.tables[f"quantiles.{i}"][1], self.tables[f"quantiles.{i}"][0]) for i in range(self.width)], 1)
        return slots >= 0.5 if self.flag else slots


def main(model_path, rows_path, outputs_path):
    config, weights = read_model(model_path)

    def tables(owner):
        return {name[len(owner) + 1:]: values for name, values in weights.items() if name.startswith(owner + ".")}

    columns = [Column(column, tables(f"columns.{i}")) for i, column in enumerate(config["inputColumns"])]
    labels = config["labelColumn"]["categories"] if "labelColumn" in config else 0
    weights = {name: torch.tensor(values) for name, values in weights.items() if values.dtype == np.float32}
    latent, layers, file_width = config["latentDimension"], len(config["network"]["hiddenLayerSizes"]), sum(column.file_width for column in columns)
    file = np.fromfile(rows_path, dtype="<f4").reshape(-1, file_width + (labels > 0))
    outputs = np.fromfile(outputs_path, dtype="<f4").reshape(len(file), 2 * latent + file_width + 1)

    activation = {"ReLU": F.relu, "ELU": F.elu, "SiLU": F.silu, "GELU": F.gelu, "Tanh": torch.tanh}[config["network"]["activation"]]

    def linear(x, name):
        return F.linear(x, weights[name + ".weight"], weights[name + ".bias"])

    def hidden(x, network):
        for i in range(layers):
            x = activation(linear(x, f"{network}.hidden.{i}"))
        return x

    # Dense rows: the columns by likelihood, in their order within one.
    values = np.split(file[:, :file_width], np.cumsum([column.file_width for column in columns])[:-1], axis=1)
    order = sorted(range(len(columns)), key=lambda i: ["Gaussian", "Bernoulli", "Categorical"].index(columns[i].likelihood))
    encoded = [columns[i].encode(values[i]) for i in order]
    x, missing = (np.ascontiguousarray(np.concatenate([each[part] for each in encoded], 1).astype(np.float32)) for part in (0, 1))
    log_slope = sum(each[2] for each in encoded)
    has_holes = missing.any(1) | np.any([(values[i][:, 0] == 0) & (columns[i].categories is not None) for i in order], axis=0)
    noise = score_noise(x, missing, has_holes, config["seed"], latent)
    x, missing = torch.tensor(x), torch.tensor(missing)
    label = F.one_hot(torch.tensor(file[:, -1].astype(np.int64)) - 1, labels).float() if labels else torch.zeros(len(file), 0)

    trunk = hidden(torch.cat([x, missing if config["seesMissing"] else missing[:, :0], label], 1), "encoder")
    mean, log_variance = linear(trunk, "encoder.output").split(latent, 1)
    log_variance = log_variance.clamp(-20, 20)

    def decode(z):
        return linear(hidden(torch.cat([z, label], 1), "decoder"), "decoder.output")

    reconstruction, decoded = decode(mean), decode(mean + (log_variance / 2).exp() * noise)
    log_scales = next((values for name, values in weights.items() if name.startswith("likelihood") and name.endswith("log_scale")), None)
    log_likelihood, reconstructions, slot, number = torch.tensor(log_slope), {}, 0, 0
    for i in order:
        column = columns[i]
        here, said = slice(slot, slot + column.width), decoded[:, slot:slot + column.width]
        if column.likelihood == "Categorical":
            terms, means = x[:, here] * F.log_softmax(said, 1), torch.softmax(reconstruction[:, here], 1)
        else:
            if column.likelihood == "Bernoulli":
                terms, means = -F.binary_cross_entropy_with_logits(said, x[:, here], reduction="none"), torch.sigmoid(reconstruction[:, here])
            else:
                variance = ((5 * log_scales[here]).exp() + 1e-3) ** 2
                terms, means = -0.5 * ((x[:, here] - said) ** 2 / variance + variance.log() + np.log(2 * np.pi)), reconstruction[:, here]
            terms = terms * (1 - missing[:, number:number + column.width])
            number += column.width
        log_likelihood = log_likelihood + terms.sum(1)
        reconstructions[i] = column.decode(means.numpy())
        slot += column.width
    kl = 0.5 * (log_variance.exp() + mean ** 2 - log_variance - 1).sum(1)

    said = np.split(outputs, [latent, 2 * latent, 2 * latent + file_width], axis=1)
    ours = [mean.numpy(), log_variance.numpy(), np.concatenate([reconstructions[i] for i in range(len(columns))], 1), (kl - log_likelihood).numpy()[:, None]]
    failed = False
    for name, expected, computed in zip(["mean", "log-variance", "reconstruction", "score"], said, ours):
        difference = np.abs(expected - computed)
        relative = (difference / np.maximum(1, np.abs(expected))).max()
        print(f"{name}: largest difference {difference.max():.2e}, relative to values above 1 {relative:.2e}; averages {expected.mean(dtype=np.float64):.6f} and {computed.mean(dtype=np.float64):.6f}")
        failed |= not relative <= TOLERANCE
    return int(failed)


if __name__ == "__main__":
    np.seterr(over="ignore", invalid="ignore")
    with torch.no_grad():
        sys.exit(main(*sys.argv[1:]))
