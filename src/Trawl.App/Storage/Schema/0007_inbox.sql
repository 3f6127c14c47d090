-- Orders for those who have the database and no broker: whoever writes a row here has ordered. What cannot be used stays, with the reason.
create table trawl_inbox (
    seq {identity},
    topic varchar(100) not null default 'videos.search.request',
    correlation_id varchar(255),
    body text not null,
    held_until double precision not null default 0,
    refused text
);
create index trawl_inbox_open on trawl_inbox (seq) where refused is null;
