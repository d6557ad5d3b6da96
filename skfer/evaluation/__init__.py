"""Evaluation on people a classifier has never seen: protocols, guards, statistics, displays."""

from skfer.evaluation._cross_dataset import evaluate_cross_dataset, evaluate_leave_one_dataset_out
from skfer.evaluation._dataset_summary import summarize_dataset
from skfer.evaluation._displays._class_recall import ClassRecallDisplay
from skfer.evaluation._displays._epoch_curves import EpochCurvesDisplay
from skfer.evaluation._displays._expression_confusion import ExpressionConfusionDisplay
from skfer.evaluation._displays._method_comparison import MethodComparisonDisplay
from skfer.evaluation._displays._mistakes import MistakesDisplay
from skfer.evaluation._displays._reliability import ReliabilityDisplay
from skfer.evaluation._displays._subject_accuracy import SubjectAccuracyDisplay
from skfer.evaluation._displays._subject_learning_curve import SubjectLearningCurveDisplay
from skfer.evaluation._epochs import evaluate_epochs
from skfer.evaluation._guards._leakage import check_leakage, subject_folds
from skfer.evaluation._guards._near_duplicates import find_near_duplicates
from skfer.evaluation._learning_curve import evaluate_learning_curve
from skfer.evaluation._merge import merge_folds, merge_results
from skfer.evaluation._protocols import evaluate_image_split, evaluate_subject_independent
from skfer.evaluation._records import load_results
from skfer.evaluation._result import EvaluationResult, summarize_results
from skfer.evaluation._statistics._comparison import combine_comparisons, compare_results

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
    "merge_folds",
    "merge_results",
    "subject_folds",
    "summarize_dataset",
    "summarize_results",
]
