//! Removes the list of acts from the schema, so that a new act of moderation needs no change of the table. The program refuses a row
//! whose act it does not know.

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
        crate::run(manager, UP).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        crate::run(manager, DOWN).await
    }
}

// The default applies only during the change. Every existing row gets its own value, and every new row has one.
const UP: &str = "
alter table decision add column deed text not null default '';
update decision set deed = act;
alter table decision drop column act;
alter table decision rename column deed to act;
";

// The older program would misreport decisions of kinds that it does not know, so they are removed with the appeals against them.
// Their entries stay in the ledger.
const DOWN: &str = "
create table unknown_decision as select id from decision where act not in (
    'hide-post', 'restore-post', 'edit-post', 'erase-post',
    'lock-thread', 'unlock-thread', 'pin-thread', 'unpin-thread', 'archive-thread', 'unarchive-thread',
    'change-thread', 'slow-thread',
    'split-posts', 'join-posts', 'merge-threads', 'part-threads',
    'review-thread', 'trust-thread', 'review-person', 'trust-person', 'approve-post', 'reject-post', 'hold-post',
    'warn-person', 'withdraw-warning', 'mute-person', 'suspend-person', 'reinstate-person',
    'dismiss-reports', 'reopen-reports', 'uphold-decision');
delete from notice where decision_id in (select id from unknown_decision);
delete from decision_target where decision_id in (select id from unknown_decision);
delete from proposal where act not in (
    'hide-post', 'restore-post', 'edit-post', 'erase-post',
    'lock-thread', 'unlock-thread', 'pin-thread', 'unpin-thread', 'archive-thread', 'unarchive-thread',
    'change-thread', 'slow-thread',
    'split-posts', 'join-posts', 'merge-threads', 'part-threads',
    'review-thread', 'trust-thread', 'review-person', 'trust-person', 'approve-post', 'reject-post', 'hold-post',
    'warn-person', 'withdraw-warning', 'mute-person', 'suspend-person', 'reinstate-person',
    'dismiss-reports', 'reopen-reports', 'uphold-decision');
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
alter table decision add column deed text not null default 'hide-post' check (deed in (
    'hide-post', 'restore-post', 'edit-post', 'erase-post',
    'lock-thread', 'unlock-thread', 'pin-thread', 'unpin-thread', 'archive-thread', 'unarchive-thread',
    'change-thread', 'slow-thread',
    'split-posts', 'join-posts', 'merge-threads', 'part-threads',
    'review-thread', 'trust-thread', 'review-person', 'trust-person', 'approve-post', 'reject-post', 'hold-post',
    'warn-person', 'withdraw-warning', 'mute-person', 'suspend-person', 'reinstate-person',
    'dismiss-reports', 'reopen-reports', 'uphold-decision'));
update decision set deed = act;
alter table decision drop column act;
alter table decision rename column deed to act;
";

pub(crate) const LOSSES: [Loss; 3] = [
    Loss {
        what: "decisions of kinds that the older program does not know; the ledger keeps their entries",
        count: "select count(*) from decision where act not in ('hide-post', 'restore-post', 'edit-post', 'erase-post', 'lock-thread', 'unlock-thread', 'pin-thread', 'unpin-thread', 'archive-thread', 'unarchive-thread', 'change-thread', 'slow-thread', 'split-posts', 'join-posts', 'merge-threads', 'part-threads', 'review-thread', 'trust-thread', 'review-person', 'trust-person', 'approve-post', 'reject-post', 'hold-post', 'warn-person', 'withdraw-warning', 'mute-person', 'suspend-person', 'reinstate-person', 'dismiss-reports', 'reopen-reports', 'uphold-decision')",
    },
    Loss {
        what: "proposed decisions of such kinds",
        count: "select count(*) from proposal where act not in ('hide-post', 'restore-post', 'edit-post', 'erase-post', 'lock-thread', 'unlock-thread', 'pin-thread', 'unpin-thread', 'archive-thread', 'unarchive-thread', 'change-thread', 'slow-thread', 'split-posts', 'join-posts', 'merge-threads', 'part-threads', 'review-thread', 'trust-thread', 'review-person', 'trust-person', 'approve-post', 'reject-post', 'hold-post', 'warn-person', 'withdraw-warning', 'mute-person', 'suspend-person', 'reinstate-person', 'dismiss-reports', 'reopen-reports', 'uphold-decision')",
    },
    Loss {
        what: "appeals against decisions of such kinds",
        count: "select count(*) from appeal join decision as unknown_decision on unknown_decision.id = appeal.decision_id where unknown_decision.act not in ('hide-post', 'restore-post', 'edit-post', 'erase-post', 'lock-thread', 'unlock-thread', 'pin-thread', 'unpin-thread', 'archive-thread', 'unarchive-thread', 'change-thread', 'slow-thread', 'split-posts', 'join-posts', 'merge-threads', 'part-threads', 'review-thread', 'trust-thread', 'review-person', 'trust-person', 'approve-post', 'reject-post', 'hold-post', 'warn-person', 'withdraw-warning', 'mute-person', 'suspend-person', 'reinstate-person', 'dismiss-reports', 'reopen-reports', 'uphold-decision')",
    },
];
