//! The rules. Each feature is a folder, each act a file; a feature uses only those before it:
//! accounts, vocabulary, cases, discussion, watching, moderation, checks.

pub mod accounts;
pub mod cases;
pub mod checks;
pub mod discussion;
pub mod moderation;
pub mod seed;
pub mod vocabulary;
pub mod watching;

use std::sync::Arc;

use crate::base::config::Limits;
use crate::base::rate::Rate;
use crate::base::secret::Passwords;
use crate::base::signature::Key;
use crate::store::Store;

/// What every act needs besides its actor and input.
#[derive(Clone, Debug)]
pub struct Forum {
    pub store: Store,
    pub limits: Arc<Limits>,
    pub passwords: Passwords,
    /// Counts previews, of which no row tells.
    pub previews: Arc<Rate>,
    /// Signs the ledger; without one it is chained, but not signed.
    pub ledger_key: Option<Arc<Key>>,
}

impl Forum {
    /// The forum over a store, within limits.
    pub fn new(store: Store, limits: Limits) -> Forum {
        Forum {
            passwords: Passwords::new(limits.password_hashes),
            previews: Arc::default(),
            limits: Arc::new(limits),
            store,
            ledger_key: None,
        }
    }

    /// The same forum with a key that signs its ledger.
    pub fn signing_with(self, key: Option<Key>) -> Forum {
        Forum {
            ledger_key: key.map(Arc::new),
            ..self
        }
    }
}
