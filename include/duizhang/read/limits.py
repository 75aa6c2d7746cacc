"""Limits that keep one bad file from taking the machine down. Each is far above any honest export."""

MAX_FILE = 1 << 30  # bytes of one arrival: the largest county export seen in CSV is below 300 MB
MAX_MEMBERS = 2_000  # files in one zip (or parts in one xlsx): a book sent by town has some tens
MAX_UNPACKED = 4 << 30  # bytes of one archive unpacked: four times MAX_FILE
MAX_RATIO = 400  # unpacked : packed; repetitive sheet XML reaches 100, a bomb 1,000
RATIO_FROM = 64 << 20  # bytes unpacked below which the ratio says nothing
MAX_CELLS = 25_000_000  # cells of one sheet's box; calamine needs about 100 bytes for each, so 2.5 GB
MAX_COLUMNS = 2_000  # columns of one table; the widest export of the field has some 300
HEAD_ROWS = 60  # rows looked at for titles and header, at most
SMALLEST_LONG = 1e14  # a stored number of 15 or more digits: Excel keeps 15, so an 18-digit one is already wrong
CHUNK = 50_000  # rows of CSV turned into columns at a time
