"""Intervals over subjects, and tests of paired differences."""
