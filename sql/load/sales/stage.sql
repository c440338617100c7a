-- The rows of one part. Rows of one group (order_id, group_line, group_time) are delivered whole: a group is a line
-- where the source numbers its lines, and an order's UTC day where it does not.
CREATE TEMPORARY TABLE incoming_sale (
    order_id text NOT NULL,
    line_no integer NOT NULL,
    sale_timestamp timestamptz NOT NULL,
    product_id text NOT NULL,
    customer_id text,
    quantity integer NOT NULL,
    unit_price numeric(18, 6) NOT NULL,
    discount_rate numeric(7, 6) NOT NULL,
    net_amount numeric(24, 6) NOT NULL,
    currency text NOT NULL,
    country text,
    source_row bigint NOT NULL,
    group_line integer NOT NULL,
    group_time timestamptz NOT NULL,
    outcome text NOT NULL DEFAULT 'loaded',
    is_kept boolean NOT NULL DEFAULT true
) ON COMMIT DROP
