"""Made-up identity numbers (GB 11643 check, unassigned region 99xxxx), telephone numbers and names."""

from __future__ import annotations

import random
from collections import defaultdict
from datetime import date

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS = "10X98765432"
_SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾萧田董袁潘蒋蔡余杜叶程苏魏吕丁沈任姚卢傅钟姜崔谭廖范汪陆金"
_GIVEN = "伟芳娜敏静秀丽强磊洋艳勇军杰娟涛明超兰霞平刚桂英华玉萍红建国庆春梅林生福贵荣发根水木山石田禾谷雨云青松柏"
FIRST_RESERVED = 900  # sequence numbers from here on are only used for people whose number a book masks


def check_char(first17: str) -> str:
    """The GB 11643 check character of seventeen digits."""
    return _CHECKS[sum(int(d) * w for d, w in zip(first17, _WEIGHTS, strict=True)) % 11]


def is_valid(number: str) -> bool:
    """Whether the first 18 characters of `number` carry the right GB 11643 check character."""
    body = number[:17]
    return len(number) >= 18 and body.isdigit() and check_char(body) == number[17]


def is_comparable(number: str) -> bool:
    """Whether a number can be searched for in another book: its check character is right, and it has a day that exists."""
    try:
        date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return False
    return is_valid(number)


def bad_check(number: str) -> str:
    """`number` (18 characters) with a wrong check digit that is still a digit."""
    wrong = next(d for d in "123456789" if d != number[17])
    return number[:17] + wrong


class Numbers:
    """Issues identity numbers, each once. Sequence digits are even for women, odd for men."""

    def __init__(self) -> None:
        self._given: dict[tuple[str, str, int], int] = defaultdict(int)
        self._reserved: dict[tuple[str, int], int] = defaultdict(int)
        self._taken: set[str] = set()

    def issue(self, county: str, born: date, sex: str) -> str:
        """A new 18-character number for a person of `sex` (男/女) born on `born`, registered in `county`."""
        day = born.strftime("%Y%m%d")
        odd = 1 if sex == "男" else 0
        nth = self._given[county, day, odd]
        self._given[county, day, odd] += 1
        seq = ((nth + int(day) * 37) % (FIRST_RESERVED // 2)) * 2 + odd
        body = f"{county}{day}{seq:03d}"
        return body + check_char(body)

    def take(self, number: str) -> bool:
        """Whether a number chosen by hand (born on the 21st or later, when nobody else is) was still free; it is taken now."""
        free = number not in self._taken
        self._taken.add(number)
        return free

    def issue_reserved(self, county: str, born: date, sex: str) -> str:
        """A number whose last four characters nobody else of the county has (for masked rows); None left → ValueError."""
        odd = 1 if sex == "男" else 0
        nth = self._reserved[county, odd]
        self._reserved[county, odd] += 1
        seq = FIRST_RESERVED + nth * 2 + odd
        if seq > 999:
            raise ValueError("no reserved sequence number is left")
        body = f"{county}{born:%Y%m%d}{seq:03d}"
        return body + check_char(body)


def masked(number: str) -> str:
    """`number` as some departments print it: the first four and the last four characters."""
    return number[:4] + "*" * 10 + number[-4:]


def name(rng: random.Random, surname: str | None = None) -> str:
    """A made-up name of two or three characters."""
    family = surname or rng.choice(_SURNAMES)
    return family + "".join(rng.choice(_GIVEN) for _ in range(rng.choice((1, 2, 2))))


def surname(rng: random.Random) -> str:
    """A family name."""
    return rng.choice(_SURNAMES)


def own_phone(person: str) -> str:
    """The mobile number of the person with 人编号 `person` (county, serial of the household, place in it): nobody else's.

    The block 154 is assigned to no operator.
    """
    return f"154{(int(person[4:6]) - 1) % 10}{int(person[6:12]) * 10 % 10_000_000 + int(person[12:14]) % 10:07d}"


def phone(rng: random.Random) -> str:
    """Eleven digits in a mobile form; the second to fifth digits keep it out of assigned blocks."""
    return f"1990000{rng.randrange(10_000):04d}"
