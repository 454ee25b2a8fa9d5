"""One resident row at a time through PyTorch encoders."""
import time

import torch

import measuring


def measure(name, sizes, count):
  encoder = measuring.encoder(sizes).eval()
  row = torch.rand(1, sizes[0])
  times = []
  with torch.no_grad():
    for i in range(2 * count):
      start = time.perf_counter_ns()
      encoder(row)
      times.append((time.perf_counter_ns() - start) / 1000)
  times = sorted(times[count:])
  return [
    measuring.figure(name, measuring.median(times), "us"),
    measuring.figure(f"{name}, 99th percentile", times[int(0.99 * len(times))], "us"),
  ]


def main():
  asked = measuring.arguments()
  count = 5000 if asked.short else 20_000
  measuring.answer(measure("784-400-20", [784, 400, 40], count) + measure("30-64-8", [30, 64, 16], count))


main()
