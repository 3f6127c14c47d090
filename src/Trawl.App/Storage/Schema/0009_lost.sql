-- How many workers ended before a video was done. One that may be the reason is worked on alone.
alter table trawl_items add column lost integer not null default 0;
create index trawl_items_suspect on trawl_items (platform, lost, rank) where lost > 0 and state = 'queued';
