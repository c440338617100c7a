-- A load looks up the versions of a few hundred customers, which are in memory and on no disk that seeks: by their index, also
-- before the first ANALYZE of a new dimension, when the planner would rather read all of it.

ALTER ROLE eco_loader SET random_page_cost = 1.1;
ALTER ROLE eco_operator SET random_page_cost = 1.1;
