//! What the events about accounts concern.

use crate::base::event::Account;
use crate::base::event::Concerns;

impl Account<'_> {
    pub(super) fn concerns(self) -> Concerns {
        match self {
            Account::SessionEnded { person, .. } | Account::PasswordChanged { person } => {
                Concerns::rights_of(*person).privately()
            }
            Account::ProfileChanged { person }
            | Account::RoleChanged { person, .. }
            | Account::MandateGranted { person, .. }
            | Account::MandateEnded { person, .. } => Concerns::rights_of(*person),
            Account::InvitationAccepted { .. } | Account::PersonAdded { .. } => Concerns::NOTHING,
            Account::InvitationMade { .. }
            | Account::InvitationRevoked { .. }
            | Account::SignedIn { .. }
            | Account::SignInFailed
            | Account::PresenceChosen { .. }
            | Account::PasswordLinkMade { .. }
            | Account::PasswordLinkUsed { .. } => Concerns::PRIVATE,
        }
    }
}
