"""CSV as people export it."""

from __future__ import annotations

from functions.readers.rows import MAX_ROW_BYTES
from tests.functions.corpus.case import HEADER, LINE, Case, sold

NOTED = LINE + "{}"


def csv(*lines: str, end: str = "\n", encoding: str = "utf-8") -> bytes:
    return (end.join([HEADER, *lines]) + end).encode(encoding)


def note(text: str, written: str | None = None, **contract: dict[str, object]) -> Case:
    return Case("", csv(LINE + (text if written is None else written)), [sold(description=text)], **contract)  # type: ignore[arg-type]


def named(name: str, case: Case) -> Case:
    return Case(name, case.data, case.rows, case.name, case.rejected, case.refused, case.schema, case.columns)


DELIMITED = [
    Case(f"delimiter {label}", csv(LINE).replace(b",", mark.encode()), [sold()])
    for label, mark in {
        "comma": ",", "semicolon": ";", "tab": "\t", "bar": "|", "caret": "^", "tilde": "~", "unit separator": "\x1f",
    }.items()
]  # fmt: skip
DELIMITED += [
    Case("delimiter named by the contract", csv(LINE).replace(b",", b"#"), [sold()], schema={"delimiter": "#"}),
    Case("delimiter space", csv("A1 2026-01-31T10:30:00Z P1 2 9.5 x").replace(b",", b" "), [sold(description="x")]),
    Case("delimiter colon with quoted times", csv('A1:"2026-01-31T10:30:00Z":P1:2:9.5:').replace(b",", b":"), [sold()]),
    Case("extension tsv", csv(LINE).replace(b",", b"\t"), [sold()], "shop.tsv"),
    Case("extension txt", csv(LINE), [sold()], "shop.txt"),
    Case("extension in capitals", csv(LINE), [sold()], "SHOP.CSV"),
    Case("sep= line as Excel reads it", b"sep=;\r\n" + csv(LINE).replace(b",", b";"), [sold()]),
    Case(
        "more commas in values than delimiters",
        csv("A1;2026-01-31T10:30:00Z;P1;2;9.5;a,b,c,d,e,f,g").replace(
            HEADER.encode(), HEADER.replace(",", ";").encode()
        ),
        [sold(description="a,b,c,d,e,f,g")],
    ),
]

GREEN = [sold(description="Grün é ñ")]
ENCODED = [
    Case(f"encoding {encoding}", csv(LINE + "Grün é ñ", encoding=encoding), GREEN)
    for encoding in ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252")
]
ENCODED += [
    Case("encoding utf-16 big-endian with mark", b"\xfe\xff" + csv(LINE + "Grün é ñ", encoding="utf-16-be"), GREEN),
    Case("encoding Windows-1252 euro and curly quotes", csv(LINE + "€5 “x”", encoding="cp1252"), [sold(description="€5 “x”")]),
    Case(
        "encoding Windows-1252 after a long ASCII stretch",
        lambda: csv(*[LINE] * 5000, LINE + "Grün", encoding="cp1252"),
        [*[sold()] * 5000, sold(description="Grün")],
    ),
    Case(
        "encoding named by the contract",
        csv(LINE + "Łódź", encoding="iso-8859-2"), [sold(description="Łódź")], schema={"encoding": "iso-8859-2"},
    ),
    Case("encoding UTF-8 with a damaged byte", csv(LINE + "é") + b"\xe9\n", refused="line 3 is not in UTF-8"),
    Case("encoding UTF-8 by its mark with a damaged byte", csv(LINE, encoding="utf-8-sig") + b"\xe9", refused="line 3"),
    Case("encoding Windows-1252 with an undefined byte", csv(LINE) + b"x\x81\n", refused="line 3 is not in CP1252"),
    Case("encoding UTF-16 cut in half a character", csv(LINE, encoding="utf-16")[:-1], refused="is not in UTF-16"),
    Case("encoding UTF-16 with a lone surrogate", csv(LINE, encoding="utf-16") + b"\x00\xd8a\x00", refused="line 3"),
]  # fmt: skip

LINES = [
    Case(f"line end {label}", csv(LINE, LINE, end=end), [sold(), sold()])
    for label, end in {"LF": "\n", "CR LF": "\r\n", "CR alone": "\r"}.items()
]
LINES += [
    Case("line ends mixed", f"{HEADER}\r\n{LINE}\n{LINE}\r\n".encode(), [sold(), sold()]),
    Case("no line end at the end", csv(LINE).rstrip(), [sold()]),
    Case("blank lines at the end", csv(LINE, "", "", ""), [sold()]),
    Case("blank lines between", csv(LINE, "", LINE), [sold(), sold()]),
    Case("blank lines before the header", b"\n\r\n" + csv(LINE), [sold()]),
    Case(
        "DOS end-of-file character", csv(LINE) + b"\x1a", [sold()], rejected={2: "has 1 columns where the header has 6"}
    ),
]

QUOTED = [
    named("quotes around every value", Case("", csv(",".join(f'"{value}"' for value in LINE.split(","))), [sold()])),
    named("quotes around the header", Case("", csv(LINE).replace(b"price", b'"price"'), [sold()])),
    named("quoted delimiter", note("a,b", '"a,b"')),
    named("quoted line break", note("a\nb", '"a\nb"')),
    named("quoted CR LF", note("a\r\nb", '"a\r\nb"')),
    named("quoted quote, doubled", note('say "hi"', '"say ""hi"""')),
    named("quote inside an unquoted value", note('5" nail')),
    named("quoted value that is a quote", note('"', '""""')),
    named("quoted empty value is no value", Case("", csv(LINE + '""'), [sold()])),
    named("quoted spaces are no value", Case("", csv(LINE + '"  "'), [sold()])),
    named("quotes are apostrophes by the contract", note("a,b", "'a,b'", schema={"quote": "'"})),
    named("quotes escaped by a backslash by the contract", note('a"b', '"a\\"b"', schema={"escape": "\\"})),
    Case("quoted line break in the header", csv(LINE).replace(b"note", b'"no\nte"'), [sold()]),
    Case("quote after a space is no quote", csv(LINE + ' "a,b"'), rejected={1: "has 7 columns where the header has 6"}),
    Case("quote never closed in the last row", csv(LINE, LINE + '"x'), [sold()], rejected={2: "never closed"}),
    Case("quote never closed swallows rows", csv(LINE, LINE + '"x', LINE), [sold()], rejected={2: "never closed"}),
    Case("quote opened at the very end", csv(LINE, LINE + '"')[:-1], [sold(), sold()]),
    Case("quotes doubled at the end", csv(LINE + '"say ""hi"""')[:-1], [sold(description='say "hi"')]),
    Case("quotes doubled at the end and never closed", csv(LINE + '"say ""hi""')[:-1], rejected={1: "never closed"}),
    Case("quoted value at the end without line end", csv(LINE + '"a,b"')[:-1], [sold(description="a,b")]),
    Case("quote never closed swallows the rest", csv(LINE, 'A1,"2026', LINE), [sold()], rejected={2: "never closed"}),
    Case(
        "quote never closed in a large file",
        lambda: csv(LINE, LINE + '"x', *[LINE] * 300_000), refused="a quotation mark that is never closed",
    ),
]  # fmt: skip

HEADERS = [
    Case("header in capitals", csv(LINE).replace(HEADER.encode(), HEADER.upper().encode()), [sold()]),
    Case("header with spaces around names", csv(LINE).replace(b"qty", b"  qty "), [sold()]),
    Case("header with a no-break space", csv(LINE).replace(b"qty", "\u00a0qty".encode()), [sold()]),
    Case(
        "header in another order", b"note,price,qty,product,date,order\n,9.5,2,P1,2026-01-31T10:30:00Z,A1\n", [sold()]
    ),
    Case(
        "header with a column that the contract lacks", csv(LINE + ",blue").replace(b"note", b"note,colour"), [sold()]
    ),
    Case("header without an optional column", csv(LINE[:-1]).replace(b",note", b""), [sold()]),
    Case("header ends with a delimiter as the rows do", csv(LINE + ",").replace(b"note", b"note,"), [sold()]),
    Case("header does not end with a delimiter as the rows do", csv(LINE + ",", LINE + ","), [sold(), sold()]),
    Case("titles above the header", b"Sales of January\nfrom,the,till\n\n" + csv(LINE), [sold()]),
    Case("header alone", csv()),
    Case("header alone without line end", HEADER.encode()),
    Case("header alone with blank lines", csv("", "", "")),
    Case("header lacks a required column", csv(LINE).replace(b"qty", b"count"), refused="lacks 1 of the columns"),
    Case("header missing", csv(LINE)[len(HEADER) + 1 :], refused="lacks 5 of the columns"),
    Case(
        "header has a column twice", csv(LINE + ",x").replace(b"note", b"note, NOTE"), refused="'note' more than once"
    ),
    Case("header repeats a column nobody reads", csv(LINE + ",1,2").replace(b"note", b"note,x,x"), [sold()]),
    Case("header has more columns than are read", (HEADER + ",x" * 1000).encode() + b"\n", refused="1,000 different"),
    Case(
        "header again among the rows", csv(LINE, HEADER, LINE), [sold(), sold()], rejected={2: "is not a whole number"}
    ),
]

RAGGED = [
    Case("row too short", csv(LINE, "A1,2", LINE), [sold(), sold()], rejected={2: "has 2 columns where the header"}),
    Case("row too long", csv(LINE, LINE + ",x,y"), [sold()], rejected={2: "has 8 columns where the header has 6"}),
    Case("first row too short", csv("A1", LINE), [sold()], rejected={1: "has 1 columns"}),
    Case("every row too short", csv("A1", "A2"), rejected={1: "has 1 columns", 2: "has 1 columns"}),
    Case("row of delimiters alone", csv(",,,,,"), rejected={1: "order: is missing"}),
    Case("row of spaces alone", csv("   ", LINE), [sold()], rejected={1: "has 1 columns"}),
    Case("total line at the end", csv(LINE, "Total,,,2,19.0,"), [sold()], rejected={2: "date: is missing"}),
    Case("NUL in a text", csv(LINE + "a\x00b"), rejected={1: "has a character NUL in it"}),
    Case("NUL in a number", csv(LINE.replace("9.5", "9\x00.5")), rejected={1: "is not a number"}),
    Case("NUL bytes throughout", b"\x00\x01\x02\x00" * 100, refused="it is binary data"),
    Case(
        "value of a megabyte",
        lambda: csv(LINE + "x" * 1_000_000, LINE), [sold(description="x" * 1_000_000), sold()],
    ),
    Case(
        "value of a megabyte of quoted lines",
        lambda: csv(LINE + '"' + "x\n" * 500_000 + '"', LINE), [sold(description=("x\n" * 500_000).strip()), sold()],
    ),
    Case(
        "row longer than the limit",
        lambda: csv(LINE, LINE + "x" * 3 * MAX_ROW_BYTES), refused="a row is longer than 2,097,152 bytes",
    ),
    Case(
        "broken rows among many",
        lambda: csv(*[LINE if n % 7 else "A1" for n in range(1, 70_001)]),
        [sold()] * 60_000, rejected=dict.fromkeys(range(7, 70001, 7), "has 1 columns"),
    ),
]  # fmt: skip

TEXTS = [
    named(f"text {label}", note(text))
    for label, text in {
        "emoji": "🌱🚲", "right to left": "שלום", "combining marks": "e\u0301", "line separator U+2028": "a\u2028b",
        "vertical tab": "a\x0bb", "form feed": "a\x0cb", "like a formula": "=1+1", "like null": "NULL", "like nan": "NaN",
        "backslash": "a\\b", "zero width space": "a\u200bb", "leading zeros": "007",
    }.items()
]  # fmt: skip

CASES = [*DELIMITED, *ENCODED, *LINES, *QUOTED, *HEADERS, *RAGGED, *TEXTS]
