-- What operators and audits ask for: the video an event tells of, the jobs of a video.
alter table trawl_outbox add column video_id varchar(255);
create index trawl_outbox_by_job on trawl_outbox (job_id, topic, video_id);
create index trawl_items_by_video on trawl_items (video_id);
