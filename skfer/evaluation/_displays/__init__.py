"""Displays in scikit-learn's style: results as pictures."""
