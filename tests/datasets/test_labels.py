import numpy as np
import pytest

from skfer.datasets import EXPRESSIONS, canonical_expression, decode_expression


@pytest.mark.parametrize(
    ("spelling", "expression"),
    [(name, name) for name in EXPRESSIONS]
    + [("angry", "anger"), ("Happiness", "happy"), (" SADNESS ", "sad")]
    + [("surprised", "surprise"), ("fearful", "fear"), ("disgusted", "disgust")],
)
def test_names_of_the_vocabulary_are_kept_and_common_spellings_mapped(spelling, expression):
    assert canonical_expression(spelling) == expression


@pytest.mark.parametrize("name", ["hapy", "", 3])
def test_unknown_expression_is_refused_with_the_vocabulary(name):
    with pytest.raises(ValueError, match=f"Unknown expression {name!r}.*{', '.join(EXPRESSIONS)}"):
        canonical_expression(name)


ORDERS = {
    ("affectnet", 0): "neutral happy sad surprise fear disgust anger contempt",
    ("alphabetical", 0): "angry disgust fear happy neutral sad surprise",
    ("ck-data-h5", 0): "anger disgust fear happy sadness surprise contempt",
    ("ckplus", 0): "neutral anger contempt disgust fear happy sadness surprise",
    ("face-api", 0): "neutral happy sad angry fearful disgusted surprised",
    ("fer2013", 0): "angry disgust fear happy sad surprise neutral",
    ("ferplus", 0): "neutral happiness surprise sadness anger disgust fear contempt",
    ("hsemotion-7", 0): "Anger Disgust Fear Happiness Neutral Sadness Surprise",
    ("hsemotion-8", 0): "Anger Contempt Disgust Fear Happiness Neutral Sadness Surprise",
    ("mmi", 1): "anger disgust fear happiness sadness surprise",
    ("raf-db", 1): "surprise fear disgust happiness sadness anger neutral",
}


@pytest.mark.parametrize(("order", "first"), ORDERS)
def test_codes_of_an_order(order, first):
    expected = [canonical_expression(name) for name in ORDERS[order, first].split()]
    codes = range(first, first + len(expected))
    assert [decode_expression(code, order) for code in codes] == expected
    assert [decode_expression(np.float64(code), order) for code in codes] == expected
    for code in (first - 1, first + len(expected), 1.5, np.nan, "1", True):
        with pytest.raises(ValueError, match=f"of the order '{order}', which has {first} "):
            decode_expression(code, order)


def test_every_order_is_tested():
    with pytest.raises(ValueError) as raised:
        decode_expression(0, "ck+")
    known = ", ".join(order for order, _ in ORDERS)
    assert str(raised.value) == f"Unknown order 'ck+'; known ones are {known}."
