"""What happens to a list between its going out and its coming back: seeded, combinable, each kind with what must follow.

A mangle changes the rows of a Book and notes on each line what was done to it (`harm`); what must become of the row is
said by `table.verdicts` from these notes. Harms: number · token (another row's, or a remnant that is not this row's) · lost (a
token gone or damaged, still not contradicting) · identity · shown (what the books say) · answer (no answer that can be
taken) · doubt (a formula, a merge, a partial sort).
"""

from __future__ import annotations

import copy
import random

from tests.returns import of_answers, of_marks, of_people, of_rows
from tests.returns.table import Book
from tests.returns.tools import KINDS, RECEIVED, WORDS, World, fill, main

__all__ = ["KINDS", "RECEIVED", "WORDS", "World", "fill", "main", "mangle", "mangled"]
MODULES = (of_rows, of_marks, of_people, of_answers)  # each registers its kinds
NOT_FOR_OFFICE = {"formula_without_value", "answers_sorted_alone", "control_characters"}  # a real save mends or drops these


def mangled(published: Book, rng: random.Random, world: World, *, office: bool = False) -> Book:
    """A copy of `published`, filled in and mangled in one to five ways."""
    book = copy.deepcopy(published)
    fill(book, rng, rng.choice((0.3, 0.7, 1.0)))
    names = sorted(set(KINDS) - (NOT_FOR_OFFICE if office else set()))
    for name in rng.sample(names, rng.randint(1, 5)):
        KINDS[name](book, rng, world)
        book.notes.append(name)
    return book


def mangle(published: Book, name: str, rng: random.Random, world: World) -> Book:
    """A copy of `published`, filled in and mangled in the way `name`."""
    book = copy.deepcopy(published)
    fill(book, rng)
    KINDS[name](book, rng, world)
    book.notes.append(name)
    return book
