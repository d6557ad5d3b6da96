import pytest
import torch

from skfer.utils._torch_runtime import resolve_device, resolve_precision, seeded


def test_seeded_leaves_the_callers_generator_alone():
    torch.manual_seed(3)
    expected = torch.rand(2)
    torch.manual_seed(3)
    with seeded(0, torch.device("cpu")):
        torch.rand(100)
    assert torch.equal(torch.rand(2), expected)


def test_auto_is_what_is_there():
    expected = "cuda" if torch.cuda.is_available() else "cpu"
    assert resolve_device("auto").type == expected


def test_unknown_device_is_refused():
    with pytest.raises(ValueError, match="toaster"):
        resolve_device("toaster")


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a CUDA device")
def test_missing_cuda_is_explained():
    with pytest.raises(ValueError, match="device='auto'"):
        resolve_device("cuda")


@pytest.mark.parametrize(
    ("capabilities", "precision"),
    [
        ({"amx_bf16": True, "avx512_bf16": True}, "bfloat16"),
        ({"amx_bf16": False, "avx512_bf16": True, "cpu_name": "AMD EPYC"}, "bfloat16"),
        ({"amx_bf16": False, "avx512_bf16": True, "cpu_name": "Intel Xeon"}, "float32"),  # slower
        ({"amx_bf16": False, "avx512_bf16": False, "cpu_name": "AMD EPYC"}, "float32"),
        ({"neon": True}, "float32"),
    ],
)
def test_precision_is_what_the_cpu_multiplies_fastest(monkeypatch, capabilities, precision):
    monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: capabilities, raising=False)
    cpu = torch.device("cpu")
    assert resolve_precision("auto", cpu) == precision
    assert resolve_precision("float32", cpu) == "float32"
    monkeypatch.delattr(torch.cpu, "get_capabilities")
    assert resolve_precision("auto", cpu) == "float32"
