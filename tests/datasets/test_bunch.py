import pytest

from skfer.datasets import get_data_home


def test_data_home_argument_goes_before_the_variable(tmp_path, monkeypatch):
    (tmp_path / "other").mkdir()
    monkeypatch.setenv("SKFER_DATA", str(tmp_path))
    assert get_data_home() == tmp_path
    assert get_data_home(tmp_path / "other") == tmp_path / "other"


def test_data_home_unknown(monkeypatch):
    monkeypatch.delenv("SKFER_DATA", raising=False)
    with pytest.raises(ValueError, match="Pass data_home.*SKFER_DATA"):
        get_data_home()


def test_data_home_is_no_folder(tmp_path, monkeypatch):
    with pytest.raises(FileNotFoundError, match="data_home is '.*nowhere', which is not a folder"):
        get_data_home(tmp_path / "nowhere")
    monkeypatch.setenv("SKFER_DATA", str(tmp_path / "nowhere"))
    with pytest.raises(FileNotFoundError, match="SKFER_DATA is '.*nowhere'"):
        get_data_home()
