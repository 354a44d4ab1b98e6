//! The post of a question that is marked as its answer, and the questions with and without an answer as two more lists of threads.

use sea_orm_migration::prelude::*;

use crate::Loss;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for statements in [COLUMNS, FILL] {
            crate::run(manager, statements).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        crate::run(manager, DOWN).await
    }
}

const COLUMNS: &str = "
alter table thread add column answer_id uuid;
alter table thread add column answer_by uuid;
";

/// Lists the questions, none of which has an answer yet.
pub const FILL: &str = "
insert into thread_heading (thread_id, heading, is_public, is_archived, last_activity_at, created_at)
    select id, 'answered/no', visibility = 'public', archived_by is not null, last_activity_at, created_at
    from thread where kind = 'question' and review is null and merged_into is null;
insert into heading_tally (heading, is_public, is_archived, threads)
    select heading, is_public, is_archived, count(*) from thread_heading where heading = 'answered/no'
    group by heading, is_public, is_archived;
";

// The older program does not read decisions of kinds that it does not know, so they are removed with the appeals against them.
// Their entries stay in the ledger.
const DOWN: &str = "
create table unknown_decision as select id from decision where act in ('accept-answer', 'withdraw-answer');
delete from notice where decision_id in (select id from unknown_decision);
delete from decision_target where decision_id in (select id from unknown_decision);
update proposal set decision_id = null where decision_id in (select id from unknown_decision);
delete from case_note where case_id in (
    select case_id from appeal where decision_id in (select id from unknown_decision));
delete from appeal where decision_id in (select id from unknown_decision);
update appeal set outcome_id = null where outcome_id in (select id from unknown_decision);
delete from moderation_case where appealed_id in (select id from unknown_decision);
update moderation_case set decision_id = null where decision_id in (select id from unknown_decision);
update decision set undoes_id = null where undoes_id in (select id from unknown_decision);
update decision set undoes_id = null where id in (select id from unknown_decision);
delete from decision where id in (select id from unknown_decision);
drop table unknown_decision;
delete from heading_tally where heading in ('answered/no', 'answered/yes');
delete from thread_heading where heading in ('answered/no', 'answered/yes');
alter table thread drop column answer_by;
alter table thread drop column answer_id;
";

pub(crate) const LOSSES: [Loss; 3] = [
    Loss {
        what: "marks of the answers to questions",
        count: "select count(*) from thread where answer_id is not null or answer_by is not null",
    },
    Loss {
        what: "decisions on answers; the ledger keeps their entries",
        count: "select count(*) from decision where act in ('accept-answer', 'withdraw-answer')",
    },
    Loss {
        what: "appeals against decisions on answers",
        count: "select count(*) from appeal join decision as unknown_decision on unknown_decision.id = appeal.decision_id \
            where unknown_decision.act in ('accept-answer', 'withdraw-answer')",
    },
];
