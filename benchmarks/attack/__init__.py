"""Hostile files, kills and full disks against skfer: `python -m benchmarks.attack`."""
