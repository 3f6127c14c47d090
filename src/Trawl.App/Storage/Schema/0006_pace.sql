-- How far the turns of each host are taken, for all workers that go out the same way. Times are seconds since 1970 by the database's own clock.
create table trawl_pace (
    way_out varchar(100) not null,
    host varchar(255) not null,
    due double precision not null default 0,
    silent_until double precision not null default 0,
    primary key (way_out, host)
);
