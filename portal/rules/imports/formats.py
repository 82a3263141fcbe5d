"""Which column holds what: QuickBooks Online, Xero, our own format, and any file by a mapping of its headers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from portal.rules.imports.tables import plain_header
from portal.rules.refusals import Refusal

# Our own format, in the order in which the documentation lists it.
OWN_FIELDS = (
    "customer", "customer_number", "email", "number", "issued_on", "due_on", "terms", "description",
    "quantity", "unit_price", "amount", "tax", "currency", "paid_on", "paid_amount",
)  # fmt: skip
DATE_FIELDS = ("issued_on", "due_on", "paid_on")
AMOUNT_FIELDS = ("quantity", "unit_price", "amount", "tax", "paid_amount", "discount", "total")
_NEEDED = ("number", "issued_on")
_CUSTOMER = ("customer_number", "email", "customer")
_PRICE = ("amount", "unit_price")


@dataclass(frozen=True, slots=True)
class Format:
    """Aliases per field, as `plain_header` makes them, the likelier first.

    telling: headers that no other program writes; a file needs one of them to be taken for this format.
    is_american: month/day and a decimal point, unless the file itself says otherwise. continues: a row without
    an invoice number belongs to the invoice above it.
    """

    name: str
    aliases: Mapping[str, tuple[str, ...]]
    telling: frozenset[str] = frozenset()
    is_american: bool = False
    continues: bool = False


OWN = Format(
    name="own format",
    aliases={field: (plain_header(field),) for field in OWN_FIELDS},
)
QUICKBOOKS = Format(
    name="QuickBooks Online",
    telling=frozenset({"itemamount", "itemproductservice", "transactiontype"}),
    aliases={
        "customer": ("customer", "customername", "name"),
        "email": ("email", "customeremail", "billemail", "emailaddress"),
        "number": ("invoiceno", "invoicenumber", "num", "no"),
        "issued_on": ("invoicedate", "date"),
        "due_on": ("duedate",),
        "terms": ("terms",),
        "description": ("itemdescription", "itemproductservice", "productservice", "memodescription", "memo"),
        "quantity": ("itemquantity",),
        "unit_price": ("itemrate",),
        "amount": ("itemamount", "amount"),
        "tax": ("itemtaxamount",),
        "currency": ("currency",),
        "kind": ("transactiontype",),
    },
    is_american=True,
    continues=True,
)
XERO = Format(
    name="Xero",
    telling=frozenset({"contactname"}),
    aliases={
        "customer": ("contactname",),
        "customer_number": ("accountnumber", "contactaccountnumber"),
        "email": ("emailaddress",),
        "number": ("invoicenumber",),
        "issued_on": ("invoicedate",),
        "due_on": ("duedate",),
        "description": ("description",),
        "quantity": ("quantity",),
        "unit_price": ("unitamount",),
        "discount": ("discount",),
        "amount": ("lineamount",),
        "tax": ("taxamount",),
        "total": ("total",),
        "currency": ("currency",),
    },
)
FORMATS = (OWN, XERO, QUICKBOOKS)


@dataclass(frozen=True, slots=True)
class Layout:
    """Where each field stands in a row, and what the file calls it."""

    format: Format
    columns: Mapping[str, int]
    headers: tuple[str, ...]

    def header(self, field: str) -> str:
        """The file's own name for the column, to name it in a problem; the field's where there is no column."""
        return self.headers[self.columns[field]] if field in self.columns else field


def known_headers(mapping: Mapping[str, str]) -> frozenset[str]:
    """Every header name that tells a header row from a title above it."""
    names = {alias for each in FORMATS for aliases in each.aliases.values() for alias in aliases}
    return frozenset(names | {plain_header(header) for header in mapping.values()})


def recognise(headers: Sequence[str], mapping: Mapping[str, str]) -> Layout:
    """The layout of a header row. `mapping` is own field -> the file's header, and wins over what is recognised.

    Refuses a mapping to a field or header that does not exist, a column that stands there twice, and a header
    that does not say whose invoice it is, its number, its date and its amount.
    """
    places: dict[str, list[int]] = {}
    for place, header in enumerate(headers):
        places.setdefault(plain_header(header), []).append(place)
    mapped = _mapped(mapping, headers, places)
    possible = [each for each in FORMATS if each is OWN or each.telling & places.keys()]
    best = max(possible, key=lambda each: _fit(each, mapped, places))
    columns = {**_recognised(best, headers, places, mapped), **mapped}
    missing = _missing(columns)
    if missing:
        raise Refusal(_unknown(headers, missing))
    return Layout(best, columns, tuple(headers))


def _mapped(mapping: Mapping[str, str], headers: Sequence[str], places: Mapping[str, list[int]]) -> dict[str, int]:
    found = {}
    for field, header in mapping.items():
        if field not in OWN_FIELDS:
            raise Refusal(f"There is no field “{field}” to map to. The fields are: {', '.join(OWN_FIELDS)}.")
        exact = [place for place, name in enumerate(headers) if name == header]
        at = exact or places.get(plain_header(header), [])
        if not at:
            raise Refusal(f"The file has no column “{header}”. Its columns are: {_listed(headers)}.")
        found[field] = _only(at, header)
    return found


def _fit(candidate: Format, mapped: Mapping[str, int], places: Mapping[str, list[int]]) -> tuple[bool, int]:
    """How well a format fits: whether it says everything that is needed, then how many columns it knows."""
    fields = {field for field, aliases in candidate.aliases.items() if any(alias in places for alias in aliases)}
    return not _missing(fields | mapped.keys()), len(fields)


def _recognised(
    chosen: Format, headers: Sequence[str], places: Mapping[str, list[int]], mapped: Mapping[str, int]
) -> dict[str, int]:
    columns: dict[str, int] = {}
    for field, aliases in chosen.aliases.items():
        alias = next((each for each in aliases if each in places), None)
        if alias is None or field in mapped:
            continue
        at = [place for place in places[alias] if place not in mapped.values()]
        if at:
            columns[field] = _only(at, headers[at[0]])
    return columns


def _only(at: Sequence[int], header: str) -> int:
    if len(at) > 1:
        where = " and ".join(str(place + 1) for place in at)
        raise Refusal(f"The column “{header}” stands there more than once (columns {where}). Rename one of them.")
    return at[0]


def _missing(fields: Mapping[str, int] | set[str]) -> list[str]:
    missing = [field for field in _NEEDED if field not in fields]
    if not any(field in fields for field in _CUSTOMER):
        missing.insert(0, "customer (or customer_number, or email)")
    if not any(field in fields for field in _PRICE):
        missing.append("amount (or quantity and unit_price)")
    return missing


def _unknown(headers: Sequence[str], missing: Sequence[str]) -> str:
    return (
        f"The file's header is not known. It has: {_listed(headers)}. Still needed: {', '.join(missing)}."
        " Export it from QuickBooks Online or Xero, or say which column is which:"
        ' --column "number=Their header".'
    )


def _listed(headers: Sequence[str]) -> str:
    named = [header for header in headers if header]
    more = f" and {len(named) - 40} more" if len(named) > 40 else ""
    return ", ".join(named[:40]) + more if named else "no names at all"
