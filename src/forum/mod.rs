//! The rules. Each feature is a folder and each act is a file. A feature uses only those before it: accounts,
//! vocabulary, cases, discussion, watching, moderation, checks.

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
use crate::base::signature::LedgerKey;
use crate::store::Store;

/// What every act needs in addition to its actor and input.
#[derive(Clone, Debug)]
pub struct Forum {
    pub store: Store,
    pub limits: Arc<Limits>,
    pub passwords: Passwords,
    /// Limits the rate of acknowledgements, of which those that were withdrawn leave no rows to count.
    pub acknowledgements: Arc<Rate>,
    /// Limits the rate of previews, which leave no rows to count.
    pub previews: Arc<Rate>,
    /// Signs the ledger. Without a key, the ledger is chained but not signed.
    pub ledger_key: Option<Arc<LedgerKey>>,
}

impl Forum {
    /// Creates the forum over a store, with limits.
    pub fn new(store: Store, limits: Limits) -> Forum {
        Forum {
            passwords: Passwords::new(limits.password_hashes),
            acknowledgements: Arc::default(),
            previews: Arc::default(),
            limits: Arc::new(limits),
            store,
            ledger_key: None,
        }
    }

    /// Returns the same forum with a key that signs its ledger.
    pub fn signing_with(self, key: Option<LedgerKey>) -> Forum {
        Forum {
            ledger_key: key.map(Arc::new),
            ..self
        }
    }
}
