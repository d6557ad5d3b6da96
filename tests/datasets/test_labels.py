import pytest

from skfer.datasets import BASIC_EXPRESSIONS, EXPRESSIONS, canonical_expression


@pytest.mark.parametrize("name", EXPRESSIONS)
def test_names_of_the_vocabulary_are_kept(name):
    assert canonical_expression(name) == name


@pytest.mark.parametrize(
    ("spelling", "expression"),
    [
        ("angry", "anger"),
        ("Happiness", "happy"),
        (" SADNESS ", "sad"),
        ("surprised", "surprise"),
        ("fearful", "fear"),
        ("disgusted", "disgust"),
    ],
)
def test_common_spellings_are_mapped(spelling, expression):
    assert canonical_expression(spelling) == expression


@pytest.mark.parametrize("name", ["hapy", "", 3])
def test_unknown_expression_is_refused_with_the_vocabulary(name):
    with pytest.raises(ValueError, match=f"Unknown expression {name!r}.*{', '.join(EXPRESSIONS)}"):
        canonical_expression(name)


def test_basic_expressions_lack_neutral_and_contempt():
    assert set(EXPRESSIONS) - set(BASIC_EXPRESSIONS) == {"neutral", "contempt"}
