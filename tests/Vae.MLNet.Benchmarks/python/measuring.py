"""What the peers have in common: arguments, rows, and the line of JSON that they answer with."""
import argparse
import json
import os
import statistics

import torch


def arguments(*positional):
  parser = argparse.ArgumentParser()
  for name, kind in positional:
    parser.add_argument(name, type=kind)
  parser.add_argument("--threads", type=int, required=True)
  parser.add_argument("--short", action="store_true", help="a look only, to choose settings by")
  parser.add_argument("--loader", action="store_true")
  found = parser.parse_args()
  torch.set_num_threads(found.threads)
  torch.manual_seed(1)
  return found


def images(count):
  rows = torch.empty(count, 784)
  # In parts, whose temporaries do not count as peak memory.
  for part in rows.split(1000):
    # The share of ink in MNIST.
    part.copy_(torch.rand(part.shape) * (torch.rand(part.shape) < 0.19))
  return rows


def table(count):
  return torch.randn(count, 30)


def encoder(sizes):
  layers = []
  for inputs, outputs in zip(sizes, sizes[1:]):
    layers += [torch.nn.Linear(inputs, outputs), torch.nn.ReLU()]
  return torch.nn.Sequential(*layers[:-1])


def figure(what, value, unit, note=None):
  return {"what": what, "value": value, "unit": unit, "note": note}


def median(values):
  return statistics.median(values)


def answer(figures):
  peak = 0
  with open("/proc/self/status") as status:
    for line in status:
      if line.startswith("VmHWM"):
        peak = int(line.split()[1]) * 1024
  libraries = set()
  with open("/proc/self/maps") as maps:
    for line in maps:
      path = line.split()[-1]
      if os.path.basename(path).startswith(("libopenblas", "libmkl")):
        libraries.add(path)
  print(json.dumps({"figures": figures, "peakMemory": peak, "about": ", ".join([f"PyTorch {torch.__version__}", *sorted(libraries)])}))
