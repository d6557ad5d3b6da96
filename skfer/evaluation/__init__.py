"""Evaluation on people a classifier has never seen: protocols, guards, statistics, displays."""

from skfer.evaluation._class_recall_display import ClassRecallDisplay
from skfer.evaluation._comparison import combine_comparisons, compare_results
from skfer.evaluation._cross_dataset import (
    evaluate_cross_dataset,
    evaluate_leave_one_dataset_out,
)
from skfer.evaluation._epoch_curves_display import EpochCurvesDisplay
from skfer.evaluation._epochs import evaluate_epochs
from skfer.evaluation._expression_confusion_display import ExpressionConfusionDisplay
from skfer.evaluation._leakage import check_leakage, subject_folds
from skfer.evaluation._learning_curve import evaluate_learning_curve
from skfer.evaluation._method_comparison_display import MethodComparisonDisplay
from skfer.evaluation._mistakes_display import MistakesDisplay
from skfer.evaluation._near_duplicates import find_near_duplicates
from skfer.evaluation._protocols import evaluate_image_split, evaluate_subject_independent
from skfer.evaluation._records import load_results
from skfer.evaluation._reliability_display import ReliabilityDisplay
from skfer.evaluation._result import EvaluationResult, merge_results, summarize_results
from skfer.evaluation._subject_accuracy_display import SubjectAccuracyDisplay
from skfer.evaluation._subject_learning_curve_display import SubjectLearningCurveDisplay

__all__ = [
    "ClassRecallDisplay",
    "EpochCurvesDisplay",
    "EvaluationResult",
    "ExpressionConfusionDisplay",
    "MethodComparisonDisplay",
    "MistakesDisplay",
    "ReliabilityDisplay",
    "SubjectAccuracyDisplay",
    "SubjectLearningCurveDisplay",
    "check_leakage",
    "combine_comparisons",
    "compare_results",
    "evaluate_cross_dataset",
    "evaluate_epochs",
    "evaluate_image_split",
    "evaluate_learning_curve",
    "evaluate_leave_one_dataset_out",
    "evaluate_subject_independent",
    "find_near_duplicates",
    "load_results",
    "merge_results",
    "subject_folds",
    "summarize_results",
]
