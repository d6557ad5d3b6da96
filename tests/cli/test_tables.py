"""Tables are as wide as the terminal at most, and no figure is broken."""

import pandas as pd
import pytest

from skfer.cli._tables import format_results, format_table

FIGURES = {
    "pooled_accuracy": 0.9364,
    "ci_low": 0.9096,
    "ci_high": 0.9601,
    "fold_mean": 0.9364,
    "fold_std": 0.042,
    "macro_recall": 0.8985,
    "fit_seconds": 12.3,
    "predict_seconds": 0.1,
}


@pytest.fixture
def summaries():
    names = ["cspp", "boosted-neural-ensemble"]
    protocols = ["subject-independent", "leaky-image-split"]
    rows = [
        {"method": name, "protocol": protocol, **FIGURES}
        for name, protocol in zip(names, protocols, strict=True)
    ]
    return pd.DataFrame(rows)


@pytest.mark.parametrize("width", [30, 40, 60, 80, 87, 120, 200])
def test_no_line_is_wider_than_the_terminal(summaries, monkeypatch, width):
    monkeypatch.setenv("COLUMNS", str(width))
    lines = format_results(summaries).splitlines()
    assert max(map(len, lines)) <= width
    for figure in ("93.64", "90.96-96.01", "93.64 ± 4.20", "89.85", "12.4"):
        assert sum(figure in line for line in lines) >= 2


def test_a_row_is_a_line_where_there_is_room(summaries):
    lines = format_results(summaries).splitlines()
    assert len(lines) == 3
    assert lines[1].split()[:2] == ["cspp", "subject-independent"]


def test_names_break_at_hyphens_and_then_become_blocks(monkeypatch):
    rows = [{"method": "a-very-long-name", "p": "0.5"}]
    monkeypatch.setenv("COLUMNS", "12")
    assert format_table(rows) == "method     p\na-very-  0.5\nlong-\nname"
    monkeypatch.setenv("COLUMNS", "8")
    assert format_table(rows).splitlines()[-1].split() == ["p", "0.5"]
