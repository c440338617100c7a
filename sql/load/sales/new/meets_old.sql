-- Whether what is there may bear on the part: something was voided, or stated whole, on its days; or, where the part states
-- orders whole, anything was sold on them. Of single lines, their keys tell when they are copied.
SELECT
    EXISTS (
        SELECT FROM eco.sale_tombstone
        WHERE sale_timestamp >= :first_time AND sale_timestamp < :end_time
    )
    OR (
        :replaces_orders
        AND EXISTS (
            SELECT FROM eco.daily_sales
            WHERE sale_date = ANY(cast(:days AS date []))
        )
    )
