"""The paper's own arithmetic: what its printed figures agree on, and where they do not."""

import pytest

from skfer.datasets._labels import BASIC_EXPRESSIONS
from skfer.datasets._registry import SPECS
from skfer.datasets._spec import C_SPP_2019
from skfer.reproduction._published import (
    LADDER,
    LADDER_ERROR,
    SAD_ROW,
    TABLE_3,
    TABLE_4,
    TABLE_5,
    TABLE_6,
    TABLE_7,
)

# What the printed recalls and averages leave possible; the text names no counts of classes. Those
# of CK+ are three frames of each sequence.
COUNTS = {
    "ckplus": (135, 177, 75, 207, 84, 249),
    "jaffe": (30, 29, 32, 31, 31, 30),
    "mmi": (44, 36, 30, 48, 36, 56),
    "nimstim": (85, 80, 78, 123, 81, 44),
}


def test_table_4_gives_the_pooled_accuracy():
    n_correct = sum(row[index] for index, row in enumerate(TABLE_4))
    assert round(100 * n_correct / sum(COUNTS["ckplus"]), 2) == TABLE_3["ckplus"][1] == 97.41


def test_one_row_of_table_4_is_impossible():
    sums = dict(zip(BASIC_EXPRESSIONS, map(sum, TABLE_4), strict=True))
    assert sums == dict(zip(BASIC_EXPRESSIONS, COUNTS["ckplus"], strict=True)) | {"sad": 86}
    assert COUNTS["ckplus"][BASIC_EXPRESSIONS.index("sad")] == 84
    assert "sums to 86, but there are 84" in SAD_ROW


def test_recalls_of_table_3_are_the_diagonal_of_table_4():
    recalls = [100 * row[index] / COUNTS["ckplus"][index] for index, row in enumerate(TABLE_4)]
    assert [round(recall, 2) for recall in recalls] == list(TABLE_3["ckplus"][0])


@pytest.mark.parametrize("name", TABLE_3)
def test_averages_of_table_3_are_pooled(name):
    recalls, average = TABLE_3[name]
    n_correct = sum(
        round(recall * count / 100) for recall, count in zip(recalls, COUNTS[name], strict=True)
    )
    assert round(100 * n_correct / sum(COUNTS[name]), 2) == average
    assert round(sum(recalls) / 6, 2) != average


@pytest.mark.parametrize("name", TABLE_3)
def test_counts_are_those_that_the_readers_check(name):
    counts = SPECS[name].protocols[C_SPP_2019].counts
    assert sum(COUNTS[name]) == counts["images"]


def is_share_of(percent, n_images):
    return any(round(100 * k / n_images, 2) == percent for k in range(n_images + 1))


def test_table_5_is_of_183_images_of_jaffe():
    assert is_share_of(TABLE_5["jaffe"], 8 * 183)
    assert not is_share_of(TABLE_5["jaffe"], 8 * 213)


def test_gu_is_of_all_213_images_of_jaffe():
    (gu,) = [system for system in TABLE_7 if system.reference.startswith("Gu")]
    assert is_share_of(gu.percent, 213)
    assert not is_share_of(gu.percent, 183)


def test_the_last_step_of_the_ladder_is_in_table_6():
    assert LADDER["cspp"] == TABLE_6[-1].percent == 97.41
    error = [100 - LADDER[name] for name in ("lopes", "plain7")]
    assert round(100 * (1 - error[1] / error[0]), 1) == 17.6
    assert "17.6 %" in LADDER_ERROR
