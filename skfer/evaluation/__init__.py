"""Evaluation on people a classifier has never seen: protocols, guards, statistics, reports."""

from skfer.evaluation._expression_confusion_display import ExpressionConfusionDisplay
from skfer.evaluation._leakage import check_leakage, check_search_leakage, subject_folds
from skfer.evaluation._protocol_comparison_display import ProtocolComparisonDisplay
from skfer.evaluation._protocols import evaluate_image_split, evaluate_subject_independent
from skfer.evaluation._records import (
    append_run_log,
    collect_metadata,
    describe_results,
    load_results_schema,
    write_results,
)
from skfer.evaluation._report import write_report
from skfer.evaluation._result import EvaluationResult, summarize_results
from skfer.evaluation._statistics import bootstrap_accuracy_interval
from skfer.evaluation._subject_accuracy_display import SubjectAccuracyDisplay

__all__ = [
    "EvaluationResult",
    "ExpressionConfusionDisplay",
    "ProtocolComparisonDisplay",
    "SubjectAccuracyDisplay",
    "append_run_log",
    "bootstrap_accuracy_interval",
    "check_leakage",
    "check_search_leakage",
    "collect_metadata",
    "describe_results",
    "evaluate_image_split",
    "evaluate_subject_independent",
    "load_results_schema",
    "subject_folds",
    "summarize_results",
    "write_report",
    "write_results",
]
