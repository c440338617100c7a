-- Rows of months that are archived cannot be weighed against what is there: they are kept in the log.
WITH refused AS (
    DELETE FROM incoming_sale AS sale
    USING eco.sales_archive AS away
    WHERE
        away.restored_at IS NULL
        AND away.first_day = date_trunc('month', sale.sale_timestamp, 'UTC') AT TIME ZONE 'UTC'
    RETURNING sale.*
)

INSERT INTO eco.quality_log (run_id, source_row, kind, column_name, value, reason, row, review_state, is_typed)
SELECT
    :run_id, source_row, 'rejected', 'sale_timestamp', to_char(sale_timestamp AT TIME ZONE 'UTC', 'YYYY-MM'),
    format(
        'the month %1$s is archived; bring it back with `restore %1$s`, then release the row',
        to_char(sale_timestamp AT TIME ZONE 'UTC', 'YYYY-MM')
    ),
    CASE
        WHEN is_void THEN eco.void_content(order_id, line_no, sale_timestamp)
        ELSE eco.sale_content(
            order_id, line_no, sale_timestamp, product_id, customer_id,
            quantity, unit_price, discount_rate, currency, country
        )
    END,
    'open',
    true
FROM refused
