"""Feedback: lists of suspected problems from nation, province or city, each line joined to an item, opened, or given back."""

from duizhang.feedback.model import WORDS, Notice, NoticeResult, Outcome, Request, Taken
from duizhang.feedback.parameters import load as load_parameters
from duizhang.feedback.receipt import write as write_receipts
from duizhang.feedback.store import keep
from duizhang.feedback.taking import take

__all__ = ["WORDS", "Notice", "NoticeResult", "Outcome", "Request", "Taken", "keep", "load_parameters", "take", "write_receipts"]
