-- Of each source its newest file, and what arrived in the seven days up to now.
SELECT
    coalesce(run.source, :no_source) AS source,
    (array_agg(run.object_name ORDER BY run.uploaded_at DESC))[1] AS last_file,
    (array_agg(run.status ORDER BY run.uploaded_at DESC))[1] AS last_status,
    max(run.uploaded_at) AS last_upload,
    count(*) FILTER (WHERE run.uploaded_at > clock_timestamp() - interval '7 days') AS files_of_week,
    coalesce(sum(run.rows_read) FILTER (WHERE run.uploaded_at > clock_timestamp() - interval '7 days'), 0)::bigint
        AS rows_of_week,
    clock_timestamp() AS now
FROM eco.pipeline_run AS run
GROUP BY 1
ORDER BY last_upload DESC
