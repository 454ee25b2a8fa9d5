"""Fills the holes of a table as scikit-learn does, for comparison with imputed columns of Vae.MLNet.

Usage: impute.py holes.f32 truth.f32 columns
  holes.f32  the table with NaN in its holes: 32-bit floats, [rows, columns]
  truth.f32  the same table without holes

Prints the root mean square error over the holes of filling with column means and of IterativeImputer with its defaults (Bayesian ridge regression of each column on the others, ten rounds).
Needs scikit-learn and NumPy.
"""
import sys

import numpy as np
from sklearn.experimental import enable_iterative_imputer  # noqa: F401: makes the next import possible
from sklearn.impute import IterativeImputer, SimpleImputer


def main(holes_path, truth_path, columns):
    holes = np.fromfile(holes_path, dtype="<f4").reshape(-1, int(columns))
    truth = np.fromfile(truth_path, dtype="<f4").reshape(holes.shape)
    missing = np.isnan(holes)
    for name, imputer in [("mean", SimpleImputer()), ("IterativeImputer", IterativeImputer(random_state=0))]:
        filled = imputer.fit_transform(holes)
        print(f"{name} {np.sqrt(np.mean((filled[missing] - truth[missing]) ** 2)):.4f}")


if __name__ == "__main__":
    main(*sys.argv[1:])
