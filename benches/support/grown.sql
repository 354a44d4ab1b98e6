-- What `growth` adds to a demonstration: {threads} threads with five posts each, and one with {long}. `{now}` is the present in
-- microseconds; id(KIND, NUMBER) stands for a key, as the database at hand writes it.
create table grown (n integer primary key);
insert into grown with recursive numbers(n) as (select 1 union all select n + 1 from numbers where n < {threads}) select n from numbers;

insert into person (id, name, email, language, role, created_at)
    select id(1, n), 'Person ' || n, 'grown-' || n || '@demo.invalid', 'en', 'delegate', {now} - 100000000000000 from grown where n <= 400;
insert into mandate (id, person_id, delegation_id, capacity, title, from_at, key)
    select id(2, grown.n), id(1, grown.n), delegation.id, 'office', 'Examiner', {now} - 100000000000000, id(3, grown.n)
    from grown join (select id, row_number() over (order by id) as place from delegation) delegation
    on delegation.place = 1 + grown.n * 7 % 190 where grown.n <= 400;
create table grown_person as select row_number() over (order by person.created_at, person.email) - 1 as place, person.id as id,
    min(mandate.delegation_id) as delegation from person join mandate on mandate.person_id = person.id
    where person.email like 'grown-%' group by person.id, person.created_at, person.email;
create unique index grown_person_n on grown_person (place);
create table grown_concept as select row_number() over (partition by scheme order by id) - 1 as n, scheme, id from concept
    where state = 'current' and (scheme <> 'region' or id like 'country-%');
create unique index grown_concept_n on grown_concept (scheme, n);

-- A thread is three years divided by their number younger than the one before; its posts follow within a hundredth of that.
create table grown_thread as select grown.n as n, id(4, grown.n) as id, grown_person.id as author, grown_person.delegation as delegation,
    {now} - 94600000000000 + cast(grown.n as bigint) * (93000000000000 / {threads}) as at,
    (1 + cast(grown.n as bigint) * 7919 % 1000) * 200000000 as gap
    from grown join grown_person on grown_person.place = grown.n * 31 % 400;
create unique index grown_thread_n on grown_thread (n);

insert into thread (id, title, kind, language, visibility, author_id, delegation_id, capacity, created_at, last_activity_at,
    last_number, key, pinned_by, archived_by, review, last_shown)
    select id, 'Experience with examination, part ' || n,
    case n % 4 when 0 then 'question' when 1 then 'practice' when 2 then 'proposal' else 'experience' end,
    case n % 6 when 0 then 'fr' when 1 then 'es' else 'en' end, case when n % 10 = 0 then 'members' else 'public' end,
    author, delegation, 'office', at, at + gap * 4, 5, id(5, n),
    case when n % 2000 = 3 and n > {threads} - 2000 then id(10, n) end, case when n % 50 = 7 then id(10, n) end, case when n % 1000 = 13 then 'waiting' end, 5
    from grown_thread;
insert into thread (id, title, kind, language, visibility, author_id, delegation_id, capacity, created_at, last_activity_at,
    last_number, key, last_shown)
    select id(16, 1), 'Long thread 0', 'question', 'en', 'public', id, delegation, 'office', {now} - 2000000000000, {now} - 1000000000000,
    {long}, id(16, 2), {long} from grown_person where place = 0;
insert into thread_concept (thread_id, concept_id)
    select distinct grown_thread.id, grown_concept.id from grown_thread
    join (select 1 as k union all select 2 union all select 3) times on true
    join (select scheme, count(*) as many from grown_concept group by scheme) schemes on times.k <= 2 or schemes.scheme = 'method'
    join grown_concept on grown_concept.scheme = schemes.scheme
    and grown_concept.n = (cast(grown_thread.n as bigint) * 31 * times.k % 97) * (cast(grown_thread.n as bigint) * times.k % 89) % schemes.many;

create table grown_post as select grown_thread.n * 5 + times.k as n, times.k as k, grown_thread.n as thread_n, grown_thread.id as thread,
    grown_thread.at + grown_thread.gap * (times.k - 1) as at, grown_person.id as author, grown_person.delegation as delegation
    from grown_thread join (select 1 as k union all select 2 union all select 3 union all select 4 union all select 5) times on true
    join grown_person on grown_person.place = (grown_thread.n * 31 + (times.k - 1) * 17) % 400;
insert into post (id, thread_id, number, author_id, delegation_id, author_title, capacity, language, state, created_at, revision,
    body_html, key, hidden_by, review)
    select id(6, n), thread, k, author, delegation, 'Examiner', 'office', case thread_n % 6 when 0 then 'fr' when 1 then 'es' else 'en' end,
    'published', at, 1, '<p>Our office has examined ' || n || ' applications with these guidelines, and would like to hear how others did.</p>',
    id(7, n), case when thread_n % 100 = 9 and k = 3 then id(10, thread_n) end,
    case when thread_n % 1000 = 13 and k = 1 then 'waiting' end from grown_post order by n;
insert into post_revision (id, post_id, number, body, editor_id, created_at, language)
    select id(8, n), id(6, n), 1, 'Our office has examined ' || n || ' applications with these guidelines, and would like to hear how others did.',
    author, at, case thread_n % 6 when 0 then 'fr' when 1 then 'es' else 'en' end from grown_post order by n;

insert into post (id, thread_id, number, author_id, delegation_id, author_title, capacity, language, state, created_at, revision,
    body_html, key)
    with recursive numbers(n) as (select 1 union all select n + 1 from numbers where n < {long})
    select id(17, n), id(16, 1), n, id, delegation, 'Examiner', 'office', 'en', 'published',
    {now} - 2000000000000 + cast(n as bigint) * (1000000000000 / {long}), 1,
    '<p>Our office has examined ' || n || ' applications with these guidelines, and would like to hear how others did.</p>', id(18, n)
    from numbers join grown_person on grown_person.place = numbers.n % 400;
insert into post_revision (id, post_id, number, body, editor_id, created_at, language)
    select id(19, number), id, 1, 'Our office has examined ' || number || ' applications with these guidelines.', author_id, created_at,
    language from post where thread_id = id(16, 1);

insert into decision (id, position, act, moderator_id, office, reason, language, explanation, salt, is_withheld, created_at, key)
    select id(10, grown_thread.n), (select max(position) from ledger) + row_number() over (order by grown_thread.n),
    case when n % 100 = 9 then 'hide-post' when n % 50 = 7 then 'archive-thread' when n % 2000 = 3 then 'pin-thread' else 'lock-thread' end,
    person.id, 'moderator', 'duplicate', 'en', 'It repeats what was said before.', 'mQR1QLTC9kxC_jpykT42VvkK0zUGVf4aBgV8CBt7VnE', false,
    grown_thread.at + grown_thread.gap * 5, id(11, n) from grown_thread join person on person.role = 'moderator' where n % 2 = 1;
insert into decision_target (decision_id, place, thread_id, post_id)
    select id(10, n), 1, id, case when n % 100 = 9 then id(6, n * 5 + 3) end from grown_thread where n % 2 = 1;
insert into ledger (position, entry, hash)
    select position, '{"position":' || position || ',"act":"' || act || '","targets":[]}', 'b08c46a69dff11cbfd888fb943cfc75d2f28f558de07a7ef1c65fdebf2e29583c'
    from decision where not exists (select 1 from ledger where ledger.position = decision.position);
insert into notice (id, person_id, decision_id, created_at)
    select id(12, n), author, id(10, n), at + gap * 5 from grown_thread where n % 2 = 1;

insert into moderation_case (id, kind, subject_id, thread_id, post_id, state, opened_at, resolved_at, decision_id)
    select id(13, thread_n), 'report', id(6, n), thread, id(6, n), case when thread_n > {threads} - 3000 and thread_n % 10 = 5 then 'open' else 'resolved' end,
    at, case when thread_n > {threads} - 3000 and thread_n % 10 = 5 then null else at end, null
    from grown_post where k = 3 and thread_n % 5 = 0;
insert into report (id, case_id, subject_id, reporter_id, reason, note, language, created_at, key)
    select id(14, thread_n), id(13, thread_n), id(6, n), grown_person.id, 'duplicate', '', 'en', at, id(15, thread_n)
    from grown_post join grown_person on grown_person.place = (thread_n * 31 + 77) % 400 where k = 3 and thread_n % 5 = 0;

insert into read_state (person_id, thread_id, last_number)
    select grown_person.id, grown_thread.id, 1 + grown_thread.n % 5 from grown_person
    join grown_thread on grown_thread.n % 10 = grown_person.place % 10 where grown_person.place < 40
    on conflict do nothing;
insert into thread_follow (person_id, thread_id, followed, since)
    select grown_person.id, grown_thread.id, grown_thread.n % 7 <> 0, grown_thread.at from grown_person
    join grown_thread on grown_thread.n % 100 = grown_person.place where grown_person.place < 40
    on conflict do nothing;
-- The delegate of the demonstration has read and follows as much in every size.
insert into read_state (person_id, thread_id, last_number)
    select person.id, grown_thread.id, 5 from person join grown_thread on grown_thread.n > {threads} - 500
    where person.email = 'delegate@demo.invalid' on conflict do nothing;
insert into thread_follow (person_id, thread_id, followed, since)
    select person.id, grown_thread.id, true, grown_thread.at from person
    join grown_thread on grown_thread.n > {threads} - 500 and grown_thread.n % 5 = 0
    where person.email = 'delegate@demo.invalid' on conflict do nothing;
insert into event (position, at, actor_id, thread_id, facts)
    select (select max(position) from event) + row_number() over (order by at, n), at, author, null,
    '{"kind":"thread-followed","person":"0199aa00-0000-7000-8001-000000000001","followed":"0199aa00-0000-7000-8004-000000000001","follows":true}'
    from grown_post where k = 1;

drop table grown_post;
drop table grown_thread;
drop table grown_concept;
drop table grown_person;
drop table grown;

-- The tables of lists are filled from all that, by the statements of their migration.
delete from thread_heading;
delete from heading_tally;
