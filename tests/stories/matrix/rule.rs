//! The rule, written independently of the program: who decides, on whose text, in what state.

use crate::stories::matrix::scene::On;
use crate::stories::matrix::scene::Scene;

/// The acting person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Who {
    Visitor,
    AccountOfAVisitor,
    Delegate,
    FocalPoint,
    ModeratorWithoutRegions,
    ModeratorOfAfrica,
    /// Of the delegation of France, with the whole world.
    ModeratorOfFrance,
    /// Of the delegation of China, with the whole world; the person who made the reports.
    ModeratorOfChina,
    Secretariat,
}

impl Who {
    pub const ALL: [Who; 9] = [
        Who::Visitor,
        Who::AccountOfAVisitor,
        Who::Delegate,
        Who::FocalPoint,
        Who::ModeratorWithoutRegions,
        Who::ModeratorOfAfrica,
        Who::ModeratorOfFrance,
        Who::ModeratorOfChina,
        Who::Secretariat,
    ];

    /// The account of that person.
    pub fn word(self) -> Option<&'static str> {
        match self {
            Who::Visitor => None,
            Who::AccountOfAVisitor => Some("visitor"),
            Who::Delegate => Some("us"),
            Who::FocalPoint => Some("focal-ke"),
            Who::ModeratorWithoutRegions | Who::ModeratorOfAfrica => Some("moderator"),
            Who::ModeratorOfFrance => Some("fr"),
            Who::ModeratorOfChina => Some("cn"),
            Who::Secretariat => Some("secretariat"),
        }
    }

    fn is_in_scope(self, in_africa: bool) -> bool {
        match self {
            Who::Visitor
            | Who::AccountOfAVisitor
            | Who::Delegate
            | Who::FocalPoint
            | Who::ModeratorWithoutRegions => false,
            Who::ModeratorOfAfrica => in_africa,
            Who::ModeratorOfFrance | Who::ModeratorOfChina | Who::Secretariat => true,
        }
    }
}

/// The delegation of an account, by slug.
fn delegation(word: &str) -> &str {
    match word {
        "moderator" | "secretariat" => "secretariat",
        word => word.trim_start_matches("focal-"),
    }
}

/// Whether the API lists an act for this target. Acts that only undo or answer others are listed for none.
pub fn is_on(act: &str, on: On) -> bool {
    let kinds: &[On] = match act {
        "HIDE_POST" | "RESTORE_POST" | "EDIT_POST" | "ERASE_POST" | "SPLIT_POSTS"
        | "APPROVE_POST" | "REJECT_POST" | "ACCEPT_ANSWER" | "WITHDRAW_ANSWER" => &[On::Post],
        "LOCK_THREAD" | "UNLOCK_THREAD" | "PIN_THREAD" | "UNPIN_THREAD" | "ARCHIVE_THREAD"
        | "UNARCHIVE_THREAD" | "CHANGE_THREAD" | "SLOW_THREAD" | "MERGE_THREADS"
        | "REVIEW_THREAD" | "TRUST_THREAD" => &[On::Thread],
        "WARN_PERSON" | "MUTE_PERSON" | "SUSPEND_PERSON" | "REINSTATE_PERSON" | "REVIEW_PERSON"
        | "TRUST_PERSON" => &[On::Person],
        "DISMISS_REPORTS" => &[On::Post, On::Thread],
        "JOIN_POSTS" | "PART_THREADS" | "HOLD_POST" | "WITHDRAW_WARNING" | "REOPEN_REPORTS"
        | "UPHOLD_DECISION" => &[],
        other => panic!("{other} has no rule here"),
    };
    kinds.contains(&on)
}

/// The refusal of a decision that one person takes; `None` if it is allowed.
pub fn expected(who: Who, act: &str, scene: &Scene) -> Option<&'static str> {
    match who {
        Who::Visitor => return Some("SIGN_IN_REQUIRED"),
        Who::AccountOfAVisitor | Who::Delegate | Who::FocalPoint => return Some("ROLE_MAY_NOT"),
        _ => {}
    }
    // A moderator decides within the regions assigned to them, the Secretariat everywhere. The Secretariat's people are in no region.
    let of_no_region = scene.on == On::Person && scene.written_by == Some("moderator");
    let is_in_scope = who == Who::Secretariat || !of_no_region;
    if !is_in_scope || !who.is_in_scope(scene.in_africa) {
        return Some("OUT_OF_SCOPE");
    }
    // Nobody decides on their own case, on their own delegation's post or thread, or on a report that they made.
    let me = who.word().expect("somebody with an account");
    let concerned = [scene.opened_by, scene.written_by];
    if concerned.contains(&Some(me)) {
        return Some("OWN_CASE");
    }
    let mut delegations = concerned.into_iter().flatten().map(delegation);
    if delegations.any(|of| of == delegation(me)) {
        return Some("OWN_DELEGATION");
    }
    if scene.reported && who == Who::ModeratorOfChina {
        return Some("OWN_REPORT");
    }
    // Removing a national statement, suspending a person and erasing need a second person.
    let removes = ["HIDE_POST", "EDIT_POST", "REJECT_POST"].contains(&act);
    if ["SUSPEND_PERSON", "ERASE_POST"].contains(&act) || (scene.statement && removes) {
        return Some("SECOND_PERSON_REQUIRED");
    }
    expected_of_two(act, scene)
}

/// The refusal by the state of the target, whoever decides.
pub fn expected_of_two(act: &str, scene: &Scene) -> Option<&'static str> {
    let state = scene.state;
    let on_text = ["HIDE_POST", "RESTORE_POST", "EDIT_POST", "ACCEPT_ANSWER"].contains(&act);
    let ends_review = ["APPROVE_POST", "REJECT_POST"].contains(&act);
    if scene.on == On::Post {
        match state {
            "moved" => return Some("POST_MOVED"),
            "erased" => return Some("POST_ERASED"),
            "withdrawn" if on_text || ends_review => return Some("POST_WITHDRAWN"),
            "waiting" | "rejected" if on_text => return Some("AWAITS_APPROVAL"),
            "hidden" if ["EDIT_POST", "ACCEPT_ANSWER"].contains(&act) => {
                return Some("POST_HIDDEN");
            }
            "opening" if ["SPLIT_POSTS", "ACCEPT_ANSWER"].contains(&act) => {
                return Some("OPENING_TEXT");
            }
            "in a practice" if act == "ACCEPT_ANSWER" => return Some("NOT_A_QUESTION"),
            _ => {}
        }
    }
    if scene.on == On::Thread {
        match state {
            "merged" if act != "DISMISS_REPORTS" => return Some("THREAD_MERGED"),
            "waiting" if act == "MERGE_THREADS" => return Some("AWAITS_APPROVAL"),
            _ => {}
        }
    }
    let is_so_already = match act {
        "HIDE_POST" => state == "hidden",
        "RESTORE_POST" => state != "hidden",
        "APPROVE_POST" | "REJECT_POST" => state != "waiting",
        "ACCEPT_ANSWER" => state == "the answer",
        "WITHDRAW_ANSWER" => state != "the answer",
        "LOCK_THREAD" => state == "locked",
        "UNLOCK_THREAD" => state != "locked",
        "PIN_THREAD" => state == "pinned",
        "UNPIN_THREAD" => state != "pinned",
        "ARCHIVE_THREAD" => state == "archived",
        "UNARCHIVE_THREAD" => state != "archived",
        "REVIEW_THREAD" | "REVIEW_PERSON" => state == "reviewed",
        "TRUST_THREAD" | "TRUST_PERSON" => state != "reviewed",
        "MUTE_PERSON" | "SUSPEND_PERSON" => ["muted", "suspended"].contains(&state),
        "REINSTATE_PERSON" => !["muted", "suspended"].contains(&state),
        "DISMISS_REPORTS" => !scene.reported,
        _ => false,
    };
    is_so_already.then_some("ALREADY_DECIDED")
}
