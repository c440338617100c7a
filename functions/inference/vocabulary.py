"""What shops call the platform's columns."""

from __future__ import annotations

import re
import unicodedata

# Without accents, spaces and marks, the likeliest first; the platform's own name counts before all.
WORDS: dict[str, dict[str, str]] = {
    "sales": {
        "order_id": "invoiceno invoicenumber invoiceid invoice ordernumber orderno orderref order transactionid "
        "transaction receiptid receiptno receipt bestellnummer auftragsnummer rechnungsnummer bestellung "
        "numerocommande commande pedido id number name",
        "line_no": "lineno linenumber line lineid orderline position pos itemno zeile ligne",
        "sale_timestamp": "invoicedate orderdate saledate soldat orderedat transactiondate datetime timestamp "
        "createdat created processedat purchasedate date datum bestelldatum rechnungsdatum datecommande fecha time",
        "product_id": "stockcode sku productcode itemcode articlecode articleno productno productnumber product item "
        "article variantsku lineitemsku ean gtin asin artikelnummer artikel reference produit code",
        "customer_id": "customer customerno customernumber clientid client userid user buyerid buyer kundennummer "
        "kunde customeremailhash",
        "quantity": "qty units count pieces amountsold lineitemquantity menge anzahl stueckzahl quantite cantidad",
        "unit_price": "price priceeach itemprice unitcost sellingprice lineitemprice preis einzelpreis stueckpreis "
        "prixunitaire prix precio amount",
        "discount_rate": "discount discountpercent rabatt remise",
        "currency": "currencycode waehrung devise moneda",
        "country": "countrycode shippingcountry billingcountry market land pays pais",
        "operation": "op action",
    },
    "products": {
        "product_id": "sku stockcode productcode itemcode articleno product id ean gtin artikelnummer reference code",
        "valid_from": "validfrom updatedat modifiedat changedat lastmodified effectivefrom effectivedate updated",
        "product_name": "name title description productname producttitle itemname bezeichnung produktname designation",
        "category": "productcategory producttype type group department kategorie warengruppe categorie",
        "material": "materials composition werkstoff matiere",
        "material_origin": "origin",
        "unit_weight_kg": "weightkg weight netweight gewicht gewichtkg poids",
        "declared_product_kg": "footprint footprintkg co2kg carbonfootprint productkg",
        "declared_baseline_kg": "baseline baselinekg",
        "list_price": "price unitprice rrp msrp preis listenpreis prix",
        "currency": "currencycode waehrung devise",
        "operation": "op action",
    },
    "customers": {
        "customer_id": "customer customerno customernumber clientid client userid id kundennummer",
        "valid_from": "validfrom updatedat modifiedat changedat lastmodified updated",
        "loyalty_tier": "loyalty tier loyaltylevel status",
        "segment": "group type customersegment kundengruppe",
        "country": "countrycode land pays pais",
        "joined_on": "joined joineddate createdat registered registeredat signupdate since membersince",
        "operation": "op action",
    },
}
# What tells of a person and is never needed.
PERSONAL = re.compile(
    r"(first|last|full|sur|customer|client|contact|billing|shipping)_?name|e_?mail|phone|mobile|telefon|address|street|"
    r"adresse|strasse|post_?code|zip|birth|geburt|gender|iban|card|passport|ip_?addr",
)


def compared(name: str) -> str:
    """A name as it is looked up."""
    plain = unicodedata.normalize("NFKD", name.casefold().replace("ß", "ss"))
    plain = plain.replace("a\u0308", "ae").replace("o\u0308", "oe").replace("u\u0308", "ue")
    return re.sub(r"[^a-z0-9]", "", plain)


def ranks(entity: str, column: str) -> dict[str, int]:
    """What a column of the platform may be called, with the likeliest first."""
    words = [compared(column), *WORDS[entity].get(column, "").split()]
    return {word: rank for rank, word in reversed(list(enumerate(words)))}


def rank(entity: str, column: str, name: str) -> int | None:
    """How likely `name`, of a file, is the platform's column, 0 most likely; None where it is not."""
    known = ranks(entity, column)
    last = re.split(r"[./]", name)[-1]
    found = [known[word] for word in (compared(name), compared(last)) if word in known]
    return min(found) if found else None


def platform_like(name: str) -> str:
    """A name of a file as one of the platform would be written: order_date for OrderDate."""
    split = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", unicodedata.normalize("NFKD", name.strip()))
    return re.sub(r"[^a-z0-9]+", "_", split.casefold()).strip("_") or "column"


def is_personal(name: str) -> bool:
    """Whether a column of this name tells of a person."""
    return PERSONAL.search(platform_like(name)) is not None
