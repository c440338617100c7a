"""Small files of the canonical contracts, written the way a shop would."""

SALES_HEADER = (
    "order_id,line_no,sale_timestamp,product_id,customer_id,quantity,unit_price,discount_rate,currency,country"
)
PRODUCTS_HEADER = (
    "product_id,valid_from,product_name,category,material,material_origin,unit_weight_kg,"
    "declared_product_kg,declared_baseline_kg,list_price,currency"
)
CUSTOMERS_HEADER = "customer_id,valid_from,loyalty_tier,segment,country,joined_on"
RETAIL_HEADER = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country"


def sales(*rows: str) -> str:
    return "\n".join([SALES_HEADER, *rows]) + "\n"


def sale(
    order: str = "A1", line: int = 1, at: str = "2026-01-10T10:00:00Z", product: str = "P1", customer: str = "",
    quantity: object = 1, price: object = "10", discount: object = "", currency: str = "GBP",
) -> str:  # fmt: skip
    return f"{order},{line},{at},{product},{customer},{quantity},{price},{discount},{currency},France"


def products(*rows: str) -> str:
    return "\n".join([PRODUCTS_HEADER, *rows]) + "\n"


def product(
    product_id: str = "P1", since: str = "", footprint: object = "1", baseline: object = "3", price: object = "10"
) -> str:
    return f"{product_id},{since},Thing,things,,,,{footprint},{baseline},{price},GBP"


def customers(*rows: str) -> str:
    return "\n".join([CUSTOMERS_HEADER, *rows]) + "\n"


def customer(customer_id: str = "C1", since: str = "", tier: str = "gold") -> str:
    return f"{customer_id},{since},{tier},home,France,2020-01-01"


def retail(*rows: str) -> str:
    return "\n".join([RETAIL_HEADER, *rows]) + "\n"


def retail_line(
    invoice: str = "536365", code: str = "85123A", quantity: int = 6, price: str = "2.55", day: str = "2010-12-01"
) -> str:
    return f"{invoice},{code},LANTERN,{quantity},{day} 08:26:00,{price},17850.0,United Kingdom"
