"""The type of an evaluation: one result for an estimator, a dict of them for a dict."""

from collections.abc import Callable
from typing import Any, Concatenate, ParamSpec, Protocol, cast, overload

from skfer.evaluation._result import EvaluationResult

_P = ParamSpec("_P")


class _Estimator(Protocol):
    def get_params(self, deep: bool = True) -> dict[str, Any]: ...


class _Evaluation(Protocol[_P]):
    @overload
    def __call__(
        self, estimator: _Estimator, *args: _P.args, **kwargs: _P.kwargs
    ) -> EvaluationResult: ...
    @overload
    def __call__(
        self, estimator: dict[str, Any], *args: _P.args, **kwargs: _P.kwargs
    ) -> dict[str, EvaluationResult]: ...


def one_or_several(function: Callable[Concatenate[Any, _P], Any]) -> _Evaluation[_P]:
    """Tell type checkers that the result depends on the estimator; the function stays as it is."""
    return cast(_Evaluation[_P], function)
