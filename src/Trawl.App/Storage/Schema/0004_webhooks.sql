-- Who is told by HTTP, and what each of them has been told. A delivery is written with the event it tells of.
create table trawl_webhooks (
    address varchar(500) primary key,
    secret varchar(200) not null,
    old_secret varchar(200),
    disabled text,
    created_at double precision not null
);

create table trawl_deliveries (
    event_id varchar(255) not null references trawl_outbox (event_id) on delete cascade,
    address varchar(500) not null references trawl_webhooks (address) on delete cascade,
    state varchar(20) not null,
    attempts integer not null default 0,
    not_before double precision not null default 0,
    status integer,
    error text,
    primary key (event_id, address)
);
create index trawl_deliveries_due on trawl_deliveries (state, not_before);
