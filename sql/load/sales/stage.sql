-- The rows of one part. A void names a line and states no sale.
CREATE TEMPORARY TABLE incoming_sale (
    order_id text NOT NULL,
    line_no integer NOT NULL,
    sale_timestamp timestamptz NOT NULL,
    product_id text,
    customer_id text,
    quantity integer,
    unit_price numeric(18, 6),
    discount_rate numeric(7, 6) NOT NULL,
    net_amount numeric(24, 6),
    currency text,
    country text,
    is_void boolean NOT NULL,
    source_row bigint NOT NULL,
    outcome text NOT NULL DEFAULT 'loaded',
    is_last boolean NOT NULL DEFAULT true,
    is_kept boolean NOT NULL DEFAULT true
) ON COMMIT DROP
