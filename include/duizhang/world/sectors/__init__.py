"""Further books of the world, one module per department. Importing this package registers the books of every module in it."""

from importlib import import_module
from pkgutil import iter_modules

from duizhang.world.sectors.base import BOOKS, Book, Form, Places, add

__all__ = ["BOOKS", "Book", "Form", "Places", "add"]

for _module in sorted(module.name for module in iter_modules(__path__)):
    import_module(f"{__name__}.{_module}")
