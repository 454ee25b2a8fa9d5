"""Draws rows of a table with TVAE (Xu et al., 2019, Modeling Tabular Data using Conditional GAN), for comparison with what Vae.MLNet draws.

Usage: tvae.py train.csv discrete-columns out.csv rows [epochs] [seed]
  train.csv         rows to learn from, with a header
  discrete-columns  names of the header whose values are categories, with commas between; the others are numbers without holes
  out.csv           what is drawn, with the same header; a column of whole numbers stays one
  rows              how many are drawn
  epochs            300 if left out
  seed              0 if left out

The settings are the defaults of the authors' package ctgan. Needs PyTorch, scikit-learn and NumPy.
"""
import csv
import sys
import warnings

import numpy as np
import torch
from sklearn.exceptions import ConvergenceWarning
from sklearn.mixture import BayesianGaussianMixture
from torch import nn
from torch.nn.functional import cross_entropy

LATENTS = 128
HIDDEN = (128, 128)
BATCH = 500
WEIGHT_DECAY = 1e-5
# Of the reconstruction, over the divergence.
LOSS_FACTOR = 2
MODES = 10
# A mode with less of the rows is left out.
LEAST_WEIGHT = 0.005
# A mode's range, -1 to 1, is that many standard deviations to either side.
DEVIATIONS = 4


class Category:
    """A category as a one-hot vector."""

    is_number = False

    def __init__(self, texts):
        self.values = list(dict.fromkeys(texts))
        self.width = len(self.values)

    def encode(self, texts, random):
        places = {value: place for place, value in enumerate(self.values)}
        return np.eye(self.width, dtype="f4")[[places[text] for text in texts]]

    def decode(self, outputs, sigmas, random):
        return [self.values[place] for place in outputs.argmax(1)]


class Number:
    """A number as its place within a mode of the column, and the mode as a one-hot vector (mode-specific normalisation)."""

    is_number = True

    def __init__(self, texts, seed):
        values = self.parse(texts)
        self.is_whole = bool((values == values.round()).all())
        self.mixture = BayesianGaussianMixture(
            n_components=MODES, weight_concentration_prior_type="dirichlet_process", weight_concentration_prior=0.001, random_state=seed)
        with warnings.catch_warnings():
            # The package stops after scikit-learn's 100 rounds as well.
            warnings.simplefilter("ignore", ConvergenceWarning)
            self.mixture.fit(values)
        self.kept = self.mixture.weights_ > LEAST_WEIGHT
        self.means = self.mixture.means_[self.kept, 0]
        self.scales = DEVIATIONS * np.sqrt(self.mixture.covariances_[self.kept, 0, 0])
        self.width = 1 + len(self.means)

    @staticmethod
    def parse(texts):
        return np.array([float(text) for text in texts]).reshape(-1, 1)

    def encode(self, texts, random):
        values = self.parse(texts)
        shares = np.cumsum(self.mixture.predict_proba(values)[:, self.kept] + 1e-6, axis=1)
        # The mode of a value is drawn, not the likeliest one.
        mode = (shares < random.random((len(values), 1)) * shares[:, -1:]).sum(1)
        place = (values[:, 0] - self.means[mode]) / self.scales[mode]
        return np.column_stack([place.clip(-0.99, 0.99), np.eye(len(self.means))[mode]]).astype("f4")

    def decode(self, outputs, sigmas, random):
        place = random.normal(outputs[:, 0], sigmas[0]).clip(-1, 1)
        mode = outputs[:, 1:].argmax(1)
        values = place * self.scales[mode] + self.means[mode]
        return [int(value) for value in values.round()] if self.is_whole else values.tolist()


def layers(*widths):
    hidden = [layer for before, after in zip(widths[:-2], widths[1:-1]) for layer in (nn.Linear(before, after), nn.ReLU())]
    return nn.Sequential(*hidden, nn.Linear(*widths[-2:]))


class Tvae(nn.Module):
    def __init__(self, width):
        super().__init__()
        # The means and log-variances of the latents are two layers on one body: one layer of twice the width.
        self.encoder = layers(width, *HIDDEN, 2 * LATENTS)
        self.decoder = layers(LATENTS, *HIDDEN, width)
        # One per output for simplicity: only those of the numbers' places are used.
        self.sigma = nn.Parameter(torch.full((width,), 0.1))

    def loss(self, rows, columns):
        mean, log_variance = self.encoder(rows).chunk(2, dim=1)
        outputs = self.decoder(mean + torch.randn_like(mean) * (log_variance / 2).exp())
        reconstruction = 0
        start = 0
        for column in columns:
            first = start
            if column.is_number:
                sigma = self.sigma[start]
                reconstruction += ((rows[:, start] - outputs[:, start].tanh()) ** 2 / (2 * sigma ** 2) + sigma.log()).sum()
                first += 1
            end = start + column.width
            reconstruction += cross_entropy(outputs[:, first:end], rows[:, first:end].argmax(1), reduction="sum")
            start = end
        divergence = (mean ** 2 + log_variance.exp() - 1 - log_variance).sum() / 2
        return (LOSS_FACTOR * reconstruction + divergence) / len(rows)

    def fit(self, rows, columns, epochs):
        optimizer = torch.optim.Adam(self.parameters(), weight_decay=WEIGHT_DECAY)
        for _ in range(epochs):
            for batch in torch.randperm(len(rows)).split(BATCH):
                optimizer.zero_grad()
                self.loss(rows[batch], columns).backward()
                optimizer.step()
                with torch.no_grad():
                    self.sigma.clamp_(0.01, 1)

    @torch.no_grad()
    def draw(self, count):
        # Categories too are the largest after the tangent, as in the package.
        return self.decoder(torch.randn(count, LATENTS)).tanh().numpy(), self.sigma.numpy()


def main(train_path, discrete, out_path, count, epochs="300", seed="0"):
    torch.manual_seed(int(seed))
    random = np.random.default_rng(int(seed))
    with open(train_path, newline="") as file:
        header, *rows = [[field.strip() for field in row] for row in csv.reader(file) if row]
    categories = discrete.split(",")
    if not set(categories) <= set(header):
        sys.exit(f"No column {', '.join(sorted(set(categories) - set(header)))} in {train_path}: it has {', '.join(header)}.")
    texts = list(zip(*rows))
    columns = [Category(column) if name in categories else Number(column, int(seed)) for name, column in zip(header, texts)]
    encoded = torch.from_numpy(np.concatenate([column.encode(values, random) for column, values in zip(columns, texts)], axis=1))
    model = Tvae(encoded.shape[1])
    model.fit(encoded, columns, int(epochs))
    outputs, sigmas = model.draw(int(count))
    places = np.cumsum([0] + [column.width for column in columns])
    drawn = [column.decode(outputs[:, start:end], sigmas[start:end], random) for column, start, end in zip(columns, places[:-1], places[1:])]
    with open(out_path, "w", newline="") as file:
        csv.writer(file).writerows([header, *zip(*drawn)])


if __name__ == "__main__":
    main(*sys.argv[1:])
