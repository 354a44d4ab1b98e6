//! The rule, written apart from the program: who decides, on what of whom, as it stands.

use crate::stories::matrix::people::Who;
use crate::stories::matrix::scene::On;
use crate::stories::matrix::scene::Place;
use crate::stories::matrix::scene::Scene;
use crate::stories::matrix::scene::State;

/// Why something is refused; nothing when it is not.
pub type Refusal = Option<&'static str>;

/// What an act is taken on. Those that only undo or answer others are taken on nothing by themselves.
pub fn taken_on(act: &str) -> &'static [On] {
    match act {
        "HIDE_POST" | "RESTORE_POST" | "EDIT_POST" | "ERASE_POST" | "SPLIT_POSTS"
        | "APPROVE_POST" | "REJECT_POST" => &[On::Post],
        "LOCK_THREAD" | "UNLOCK_THREAD" | "PIN_THREAD" | "UNPIN_THREAD" | "ARCHIVE_THREAD"
        | "UNARCHIVE_THREAD" | "CHANGE_THREAD" | "SLOW_THREAD" | "MERGE_THREADS"
        | "REVIEW_THREAD" | "TRUST_THREAD" => &[On::Thread],
        "WARN_PERSON" | "MUTE_PERSON" | "SUSPEND_PERSON" | "REINSTATE_PERSON" | "REVIEW_PERSON"
        | "TRUST_PERSON" => &[On::Person],
        "DISMISS_REPORTS" => &[On::Post, On::Thread],
        "JOIN_POSTS" | "PART_THREADS" | "HOLD_POST" | "WITHDRAW_WARNING" | "REOPEN_REPORTS"
        | "UPHOLD_DECISION" => &[],
        other => panic!("{other} has no rule here"),
    }
}

/// Why somebody decides on nothing at all.
pub fn office(who: Who) -> Refusal {
    match who {
        Who::Visitor => Some("SIGN_IN_REQUIRED"),
        Who::Account | Who::Colleague | Who::FocalPoint | Who::Delegate | Who::OtherFocalPoint => {
            Some("ROLE_MAY_NOT")
        }
        Who::Muted => Some("MUTED"),
        Who::Suspended => Some("SUSPENDED"),
        Who::WithoutMandate => Some("NO_CURRENT_MANDATE"),
        Who::ModeratorOfNowhere
        | Who::ModeratorOfAfrica
        | Who::ModeratorOfBrazil
        | Who::ModeratorFromKenya
        | Who::Reporter
        | Who::ModeratorOfTheWorld
        | Who::Secretariat
        | Who::SecretariatFromChina => None,
    }
}

pub fn is_secretariat(who: Who) -> bool {
    matches!(who, Who::Secretariat | Who::SecretariatFromChina)
}

/// A moderator acts within the regions given to him, the Secretariat everywhere.
fn is_in_scope(who: Who, place: Place) -> bool {
    let around: &[&str] = match place {
        Place::Africa => &["africa", "world"],
        Place::Brazil => &["country-br", "world"],
        Place::Nowhere => &[],
    };
    is_secretariat(who) || around.iter().any(|region| who.regions().contains(region))
}

/// Why somebody does not decide on this, whatever the act: nobody decides on his own case, on what his own delegation wrote or
/// opened, or on what he reported.
pub fn decides(who: Who, scene: &Scene) -> Refusal {
    if let Some(refusal) = office(who) {
        return Some(refusal);
    }
    if !is_in_scope(who, scene.place) {
        return Some("OUT_OF_SCOPE");
    }
    let concerned = [scene.opener, scene.author];
    if concerned.contains(&Some(who)) {
        return Some("OWN_CASE");
    }
    let mut delegations = concerned
        .into_iter()
        .flatten()
        .map(Who::delegation)
        .chain(scene.newcomer.map(|(_, delegation)| delegation));
    if delegations.any(|delegation| delegation == who.delegation()) {
        return Some("OWN_DELEGATION");
    }
    (scene.reported && who == Who::Reporter).then_some("OWN_REPORT")
}

/// Removing what was said on behalf of a delegation, suspending a person, and erasing need a second person.
pub fn takes_two(act: &str, scene: &Scene) -> bool {
    let removes = ["HIDE_POST", "EDIT_POST", "REJECT_POST"].contains(&act);
    ["SUSPEND_PERSON", "ERASE_POST"].contains(&act) || (scene.statement && removes)
}

/// Why the target does not become so, whoever decides.
pub fn stands(act: &str, scene: &Scene) -> Refusal {
    let state = scene.state;
    let on_text = ["HIDE_POST", "RESTORE_POST", "EDIT_POST"].contains(&act);
    let ends_review = ["APPROVE_POST", "REJECT_POST"].contains(&act);
    let is_opening = [State::Opening, State::WaitingOpening].contains(&state);
    match state {
        State::Moved => return Some("POST_MOVED"),
        State::Erased => return Some("POST_ERASED"),
        State::Withdrawn if on_text || ends_review => return Some("POST_WITHDRAWN"),
        State::Waiting | State::WaitingOpening | State::Rejected if on_text => {
            return Some("AWAITS_APPROVAL");
        }
        State::Hidden if act == "EDIT_POST" => return Some("POST_HIDDEN"),
        State::Merged if act != "DISMISS_REPORTS" => return Some("THREAD_MERGED"),
        State::WaitingThread if act == "MERGE_THREADS" => return Some("AWAITS_APPROVAL"),
        _ if is_opening && act == "SPLIT_POSTS" => return Some("OPENING_TEXT"),
        _ => {}
    }
    let waits = [State::Waiting, State::WaitingOpening].contains(&state);
    let restricted = [State::Muted, State::Suspended].contains(&state);
    let is_so_already = match act {
        "HIDE_POST" => state == State::Hidden,
        "RESTORE_POST" => state != State::Hidden,
        "APPROVE_POST" | "REJECT_POST" => !waits,
        "LOCK_THREAD" => state == State::Locked,
        "UNLOCK_THREAD" => state != State::Locked,
        "PIN_THREAD" => state == State::Pinned,
        "UNPIN_THREAD" => state != State::Pinned,
        "ARCHIVE_THREAD" => state == State::Archived,
        "UNARCHIVE_THREAD" => state != State::Archived,
        "REVIEW_THREAD" | "REVIEW_PERSON" => state == State::Reviewed,
        "TRUST_THREAD" | "TRUST_PERSON" => state != State::Reviewed,
        "MUTE_PERSON" | "SUSPEND_PERSON" => restricted,
        "REINSTATE_PERSON" => !restricted,
        "DISMISS_REPORTS" => !scene.reported,
        _ => false,
    };
    is_so_already.then_some("ALREADY_DECIDED")
}

/// Why somebody alone does not decide this.
pub fn alone(who: Who, act: &str, scene: &Scene) -> Refusal {
    decides(who, scene).or_else(|| match takes_two(act, scene) {
        true => Some("SECOND_PERSON_REQUIRED"),
        false => stands(act, scene).or_else(|| claimed(who, scene)),
    })
}

/// Why somebody does not propose this.
pub fn proposes(who: Who, act: &str, scene: &Scene) -> Refusal {
    decides(who, scene)
        .or_else(|| stands(act, scene))
        .or_else(|| claimed(who, scene))
}

/// What somebody else works on is left alone.
fn claimed(who: Who, scene: &Scene) -> Refusal {
    (scene.claimed && who != Who::SecretariatFromChina).then_some("CASE_CLAIMED")
}

/// Why somebody does not confirm what somebody else proposed.
pub fn confirms(who: Who, proposer: Who, act: &str, scene: &Scene, is_settled: bool) -> Refusal {
    decides(who, scene).or_else(|| {
        let own = (who == proposer).then_some("OWN_PROPOSAL");
        let settled = is_settled.then_some("ALREADY_DECIDED");
        own.or(stands(act, scene)).or(settled)
    })
}

/// The act that undoes another, as far as it takes two in its turn.
fn undoes_by_two(act: &str, scene: &Scene) -> bool {
    match act {
        "RESTORE_POST" => takes_two("HIDE_POST", scene),
        "REINSTATE_PERSON" => scene.state == State::Suspended,
        "EDIT_POST" => takes_two("EDIT_POST", scene),
        _ => false,
    }
}

/// Why somebody does not undo a decision that was taken on this.
pub fn undoes(who: Who, act: &str, scene: &Scene, is_undone: bool) -> Refusal {
    // What was split off stands in a thread of its author's.
    let scene = &match act {
        "SPLIT_POSTS" if !is_undone => Scene {
            opener: scene.author,
            ..scene.clone()
        },
        _ => scene.clone(),
    };
    let irrevocable = (act == "ERASE_POST").then_some("CANNOT_BE_UNDONE");
    let two = undoes_by_two(act, scene).then_some("SECOND_PERSON_REQUIRED");
    let undone = is_undone.then_some("ALREADY_DECIDED");
    office(who)
        .or(irrevocable)
        .or(decides(who, scene))
        .or(two)
        .or(undone)
}

/// What has become of a decision that somebody would appeal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Since {
    Nothing,
    Appealed,
    Undone,
    TooLong,
}

/// Why somebody does not appeal a decision that concerns a delegate of Kenya.
pub fn appeals(who: Who, act: &str, since: Since) -> Refusal {
    match (who, act, since) {
        (Who::Visitor, ..) => Some("SIGN_IN_REQUIRED"),
        (Who::Colleague | Who::FocalPoint, "ERASE_POST", _) => Some("CANNOT_BE_UNDONE"),
        (Who::Colleague | Who::FocalPoint, _, since) => match since {
            Since::Nothing => None,
            Since::Appealed => Some("ALREADY_APPEALED"),
            Since::TooLong => Some("TOO_LATE_TO_APPEAL"),
            Since::Undone => Some("ALREADY_DECIDED"),
        },
        _ => Some("NOT_CONCERNED"),
    }
}

/// Why somebody does not decide on the appeal against what these decided.
pub fn answers(who: Who, deciders: &[Who], scene: &Scene, is_late: bool) -> Refusal {
    let same = deciders.contains(&who).then_some("SAME_MODERATOR");
    let late = (is_late && !is_secretariat(who)).then_some("SECRETARIAT_ONLY");
    decides(who, scene).or(same).or(late)
}

/// Why somebody does not report this.
pub fn reports(who: Who, scene: &Scene, has_reported: bool) -> Refusal {
    let by_who = match who {
        Who::Visitor => Some("SIGN_IN_REQUIRED"),
        Who::Suspended => Some("SUSPENDED"),
        _ => has_reported.then_some("ALREADY_REPORTED"),
    };
    by_who.or(match scene.state {
        State::Hidden => Some("POST_HIDDEN"),
        State::Withdrawn => Some("POST_WITHDRAWN"),
        State::Erased => Some("POST_ERASED"),
        State::Waiting | State::WaitingOpening | State::Rejected => Some("AWAITS_APPROVAL"),
        State::Moved => Some("POST_MOVED"),
        State::Merged => Some("THREAD_MERGED"),
        _ => None,
    })
}
