"""Encodes resident rows: by a PyTorch encoder in batches of 1024, or by scikit-learn's PCA."""
import time

import torch

import measuring

BATCH = 1024
ROWS = 20_000


def vae(rows):
  encoder = measuring.encoder([784, 400, 40])

  def encode():
    for first in range(0, len(rows) - BATCH + 1, BATCH):
      encoder(rows[first:first + BATCH])
    return len(rows) // BATCH * BATCH
  return encode


def pca(rows):
  from sklearn.decomposition import PCA
  fitted = PCA(20, svd_solver="randomized", random_state=1).fit(rows[:5000].numpy())
  values = rows.numpy()

  def encode():
    fitted.transform(values)
    return len(rows)
  return encode


def main():
  asked = measuring.arguments(("model", str))
  rows = measuring.images(ROWS)
  rates = []
  with torch.no_grad():
    encode = {"vae": vae, "pca": pca}[asked.model](rows)
    encode()
    for _ in range(1 if asked.short else 3):
      done = 0
      start = time.perf_counter()
      while time.perf_counter() - start < 0.7:
        done += encode()
      rates.append(done / (time.perf_counter() - start))
  measuring.answer([measuring.figure("encoding", measuring.median(rates), "rows/s")])


main()
