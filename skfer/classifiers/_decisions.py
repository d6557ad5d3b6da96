"""From scores or probabilities of the classes to the predicted labels."""

from typing import Any

import pandas as pd

from skfer._typing import Array, Images


class HighestScoreMixin:
    """Predicts by ``decision_function``."""

    classes_: Array
    decision_function: Any

    def predict(self, X: Images | pd.DataFrame) -> Array:
        """Predict the class of the highest score.

        Parameters
        ----------
        X : array-like of n_samples rows, images or faces
            As for ``decision_function``.

        Returns
        -------
        labels : ndarray of shape (n_samples,)
            Labels as they were given to ``fit``.
        """
        scores = self.decision_function(X)
        best = (scores > 0).astype(int) if scores.ndim == 1 else scores.argmax(axis=1)
        return self.classes_[best]


class MostProbableMixin:
    """Predicts by ``predict_proba``."""

    classes_: Array
    predict_proba: Any

    def predict(self, X: Images | pd.DataFrame) -> Array:
        """Predict the most probable class.

        Parameters
        ----------
        X : array-like of n_samples rows, images, faces or sequences
            As for ``predict_proba``.

        Returns
        -------
        labels : ndarray of shape (n_samples,)
            Labels as they were given to ``fit``.
        """
        probabilities = self.predict_proba(X)
        return self.classes_[probabilities.argmax(axis=1)]
