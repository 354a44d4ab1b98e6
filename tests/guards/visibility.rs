//! The SQL condition and the rule agree: the condition selects exactly the threads that the policy shows to each audience.

use std::collections::BTreeSet;

use partage::base::actor::Audience;
use partage::base::id::ThreadId;
use partage::forum::discussion::thread;
use sea_orm::EntityTrait;
use sea_orm::QueryFilter;

use crate::support::acts::Draft;
use crate::support::acts::open;
use crate::support::acts::show_to;
use crate::support::forum::Forum;

on_both_databases!(the_condition_in_sql_selects_what_the_policy_lets_see);

async fn the_condition_in_sql_selects_what_the_policy_lets_see(forum: Forum) {
    let author = forum.delegate("ke");
    for count in 0..3 {
        open(&author, Draft::titled(format!("Public {count}"))).await;
        open(&author, Draft::for_members(format!("Members {count}"))).await;
    }
    let hidden = open(&author, Draft::titled("Hidden later")).await;
    show_to(&author, &hidden.id, "MEMBERS").await;

    let snapshot = forum.store().snapshot();
    let rows = snapshot.rows().await.expect("the rows");
    let all = thread::Entity::find().all(rows).await.expect("all threads");
    assert_eq!(all.len(), 7);
    for audience in [Audience::Public, Audience::Members] {
        let selected: BTreeSet<ThreadId> = thread::Entity::find()
            .filter(thread::visible(audience))
            .all(rows)
            .await
            .expect("the selected threads")
            .into_iter()
            .map(|row| row.id)
            .collect();
        let allowed: BTreeSet<ThreadId> = all
            .iter()
            .filter(|row| row.visibility.is_seen_by(audience))
            .map(|row| row.id)
            .collect();
        assert_eq!(selected, allowed, "{audience:?}");
        assert!(!selected.is_empty());
    }
}
