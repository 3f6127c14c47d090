-- Ours: what we still have to do, and what we still owe to others. Times are seconds since 1970 by the database's own clock.
create table trawl_jobs (
    job_id varchar(255) primary key,
    correlation_id varchar(255) not null,
    request text not null,
    state varchar(20) not null,
    priority integer not null default 0,
    attempts integer not null default 0,
    not_before double precision not null default 0,
    lease_until double precision not null default 0,
    token integer not null default 0,
    searched integer not null default 0,
    error text,
    created_at double precision not null,
    ended_at double precision
);
create index trawl_jobs_due on trawl_jobs (state, priority desc, created_at);

create table trawl_items (
    job_id varchar(255) not null references trawl_jobs (job_id) on delete cascade,
    platform varchar(50) not null,
    video_id varchar(255) not null,
    url text not null,
    title text,
    rank integer not null,
    state varchar(20) not null,
    created_new integer not null default 0,
    attempts integer not null default 0,
    not_before double precision not null default 0,
    lease_until double precision not null default 0,
    token integer not null default 0,
    error_kind varchar(40),
    error text,
    path text,
    primary key (job_id, platform, video_id)
);
create index trawl_items_due on trawl_items (platform, state, not_before);

create table trawl_outbox (
    seq {identity},
    event_id varchar(255) not null unique,
    job_id varchar(255) not null,
    topic varchar(100) not null,
    correlation_id varchar(255) not null,
    body text not null,
    created_at double precision not null,
    sent_at double precision
);
create index trawl_outbox_unsent on trawl_outbox (seq) where sent_at is null;
