-- Which job has the fewest videos under way is asked at each claim. Why nobody could look is kept as kinds of failure, too.
create index trawl_items_running on trawl_items (job_id, platform) where state = 'running';
alter table trawl_jobs add column error_kind varchar(200);
