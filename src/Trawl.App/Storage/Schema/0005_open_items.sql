-- What is still to do is found without looking at what is done: by job, platform and rank.
create index trawl_items_open on trawl_items (job_id, platform, rank) where state in ('queued', 'running');
drop index trawl_items_due;
