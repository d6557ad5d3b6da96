"""Speed benchmarks: ratios to named rivals, measured in one run."""
