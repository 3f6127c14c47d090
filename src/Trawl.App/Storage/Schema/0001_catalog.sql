-- The tables other services of the pipeline read and write. Where they exist they are used as they are; columns of others are left alone.
create table if not exists videos (
    video_id varchar(255) primary key,
    platform varchar(50) not null,
    url text not null,
    title text,
    duration_s integer,
    created_at timestamp default current_timestamp
);
create unique index if not exists videos_unique_platform_id on videos (video_id, platform);

create table if not exists job_videos (
    job_id varchar(255) not null,
    video_id varchar(255) not null references videos (video_id) on delete cascade,
    platform varchar(50) not null,
    assigned_at timestamp default current_timestamp,
    primary key (job_id, video_id)
);

create table if not exists video_frames (
    frame_id varchar(255) primary key,
    video_id varchar(255) references videos (video_id),
    ts double precision not null,
    local_path varchar(500) not null,
    kp_blob_path varchar(500),
    masked_local_path varchar(500),
    created_at timestamp default current_timestamp
);
create unique index if not exists frames_unique_video_timestamp on video_frames (video_id, ts);
