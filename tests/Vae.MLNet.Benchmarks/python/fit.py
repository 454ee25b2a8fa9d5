"""Trains a VAE in PyTorch as well as a plain loop does: batches gathered from one tensor, one permutation per epoch, fused loss."""
import math
import time

import torch
from torch.nn.functional import binary_cross_entropy_with_logits
from torch.utils.data import DataLoader, TensorDataset

import measuring

WARM_UP_ROWS = 2048


class Vae(torch.nn.Module):
  def __init__(self, features, hidden, latent, is_image):
    super().__init__()
    self.latent = latent
    self.encoder = measuring.encoder([features, *hidden, 2 * latent])
    self.decoder = measuring.encoder([latent, *reversed(hidden), features])
    # A learned noise of each feature.
    self.log_scale = None if is_image else torch.nn.Parameter(torch.zeros(features))

  def loss(self, x):
    mean, log_variance = self.encoder(x).split(self.latent, dim=1)
    latent = mean + torch.exp(0.5 * log_variance) * torch.randn_like(mean)
    decoded = self.decoder(latent)
    if self.log_scale is None:
      reconstruction = binary_cross_entropy_with_logits(decoded, x, reduction="sum")
    else:
      standard = (x - decoded) * torch.exp(-self.log_scale)
      reconstruction = 0.5 * standard.square().sum() + len(x) * (self.log_scale.sum() + 0.5 * x.shape[1] * math.log(2 * math.pi))
    divergence = 0.5 * (log_variance.exp() + mean.square() - log_variance - 1).sum()
    return (reconstruction + divergence) / len(x)


def gathered(rows, batch):
  order = torch.randperm(len(rows))
  for first in range(0, len(rows), batch):
    yield rows.index_select(0, order[first:first + batch])


def epoch(model, optimiser, batches):
  for x in batches:
    loss = model.loss(x)
    optimiser.zero_grad(set_to_none=True)
    loss.backward()
    optimiser.step()


def main():
  asked = measuring.arguments(("rows", str), ("batch", int))
  is_image = asked.rows == "images"
  rows = (measuring.images if is_image else measuring.table)(60_000)
  model = Vae(784, [400], 20, True) if is_image else Vae(30, [128, 64], 8, False)
  optimiser = torch.optim.Adam(model.parameters(), lr=1e-3)
  if asked.loader:
    loader = DataLoader(TensorDataset(rows), batch_size=asked.batch, shuffle=True)
    batches = lambda: (x for x, in loader)
  else:
    batches = lambda: gathered(rows, asked.batch)
  epochs = 1 if asked.short else 2 if asked.loader else 4
  epoch(model, optimiser, gathered(rows[:WARM_UP_ROWS], asked.batch))
  start = time.perf_counter()
  for _ in range(epochs):
    epoch(model, optimiser, batches())
  seconds = time.perf_counter() - start
  measuring.answer([measuring.figure("training", len(rows) * epochs / seconds, "rows/s")])


main()
