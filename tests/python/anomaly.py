"""Scores the rows of a table for anomalies as scikit-learn does, for comparison with the score of Vae.MLNet.

Usage: anomaly.py train.f32 test.f32 labels.f32 columns
  train.f32   rows to learn from, without labels: 32-bit floats, [rows, columns], standardised
  test.f32    rows to score, [rows, columns]
  labels.f32  1 where a row to score is an anomaly, [rows]

Prints the area under the ROC curve of Isolation Forest with its defaults, and of the Mahalanobis distance in the space of all principal components.
Needs scikit-learn and NumPy.
"""
import sys

import numpy as np
from sklearn.decomposition import PCA
from sklearn.ensemble import IsolationForest
from sklearn.metrics import roc_auc_score


def mahalanobis(train, test):
    pca = PCA().fit(train)
    kept = pca.explained_variance_ > 1e-9 * pca.explained_variance_[0]
    return (pca.transform(test)[:, kept] ** 2 / pca.explained_variance_[kept]).sum(1)


def main(train_path, test_path, labels_path, columns):
    train, test = (np.fromfile(path, dtype="<f4").reshape(-1, int(columns)) for path in (train_path, test_path))
    labels = np.fromfile(labels_path, dtype="<f4")
    forest = IsolationForest(random_state=0).fit(train)
    print(f"IsolationForest {roc_auc_score(labels, -forest.score_samples(test)):.4f}")
    print(f"PCA {roc_auc_score(labels, mahalanobis(train, test)):.4f}")


if __name__ == "__main__":
    main(*sys.argv[1:])
