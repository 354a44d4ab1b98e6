//! A forum with subscribers, and then the bare broadcaster with as many sockets.

use serde_json::Value;
use serde_json::json;

use crate::support::database::Database;
use crate::support::forum::Forum;
use crate::support::forum::migrate;
use crate::support::live::broadcaster::Broadcaster;
use crate::support::live::connect::open;
use crate::support::live::measure::Plan;
use crate::support::live::measure::measure;
use crate::support::live::measure::messages;
use crate::support::live::measure::paced;
use crate::support::live::origin::Echoes;
use crate::support::live::origin::Replies;
use crate::support::live::report::Beside;
use crate::support::member::Member;
use crate::support::member::text;
use crate::support::options::Common;

/// The replies' own cost, followed by so many sockets; `document` gives the subscription of each.
pub fn beside(
    options: &Common,
    sockets: usize,
    plan: Plan,
    document: &(dyn Fn(usize) -> String + Sync),
) -> Beside {
    let database = Database::empty(options);
    migrate(&database);
    let server = Forum::start(&database, &["--demo"]);
    let mut member = Member::sign_in(server.address, "delegate");
    let thread = member.open_thread("Examination guidelines in practice").id;
    drop(server);

    // A new process: memory from filling a forum and checking a password would hide that of the sockets.
    let server = Forum::start(&database, &[]);
    let member = member.at(server.address);
    let mut reader = member.again();
    let mut replies = Replies::new(member, &thread, plan.in_flight as usize);
    let alone = paced(server.usage(), &mut replies, plan.replies, None);

    let (after, last) = stand(&mut reader, &thread);
    let subscribe = |number: usize| -> Value {
        json!({ "query": document(number), "variables": { "id": thread, "after": after } })
    };
    let connect = || open(server.address, sockets, Some(&subscribe));
    let executed = || server.figure("partage_executions_total");
    let before = executed();
    let forum = measure(server.usage(), &mut replies, plan, connect, last + 1);
    let executions = before
        .zip(executed())
        .map(|(before, after)| (after - before) / f64::from(messages(plan)));
    drop(server);

    let broadcaster = Broadcaster::start();
    let messages = forum.tally.payloads.values().cloned();
    let mut echoes = Echoes::new(broadcaster.control, messages);
    let connect = || open(broadcaster.address, sockets, None);
    let usage = broadcaster.child.usage();
    let bare = measure(usage, &mut echoes, plan, connect, last + 1);
    Beside {
        sockets,
        plan,
        forum,
        alone,
        executions,
        bare,
    }
}

/// The thread's cursor, and the number of its last post.
fn stand(reader: &mut Member, thread: &str) -> (String, u32) {
    let document = "query($id: ID!) { thread(id: $id) { cursor lastNumber } }";
    let data = reader.ask(document, json!({ "id": thread }));
    let last = data
        .pointer("/thread/lastNumber")
        .and_then(Value::as_u64)
        .and_then(|number| u32::try_from(number).ok())
        .expect("the number of the last post");
    (text(&data, "/thread/cursor").to_string(), last)
}
