"""Rivals of the benchmarks: code that imports nothing of skfer."""
