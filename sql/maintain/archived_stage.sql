-- What an archive holds, as it was read back.
CREATE TEMPORARY TABLE archived_sale (
    order_id text NOT NULL,
    line_no integer NOT NULL,
    sale_timestamp timestamptz NOT NULL,
    sale_date date NOT NULL,
    product_key bigint NOT NULL,
    customer_key bigint,
    quantity integer NOT NULL,
    unit_price numeric(18, 6) NOT NULL,
    discount_rate numeric(7, 6) NOT NULL,
    net_amount numeric(24, 6) NOT NULL,
    currency text NOT NULL,
    country text,
    carbon_savings_kg numeric(24, 6),
    run_id text NOT NULL,
    source_row bigint NOT NULL,
    product_id text NOT NULL,
    customer_id text
) ON COMMIT DROP
