//! Ends the process between two statements of a change, for the tests that show that changes are atomic. It is not part of a
//! release build.

use std::sync::LazyLock;
use std::sync::atomic::AtomicI64;
use std::sync::atomic::Ordering;

/// `PARTAGE_TEST_CUT=COUNT TEXT`: the process ends after COUNT more statements, counted from a statement that contains
/// TEXT.
static CUT: LazyLock<Option<(i64, String)>> = LazyLock::new(|| {
    let given = std::env::var("PARTAGE_TEST_CUT").ok()?;
    let (count, text) = given.split_once(' ')?;
    Some((count.parse().ok()?, text.to_string()))
});

/// Number of statements since the awaited one; below 0 before it.
static SINCE: AtomicI64 = AtomicI64::new(-1);

/// Records that a statement has run.
pub fn after(sql: &str) {
    let Some((count, text)) = CUT.as_ref() else {
        return;
    };
    let is_first = SINCE.load(Ordering::Relaxed) < 0;
    if is_first && !sql.contains(text.as_str()) {
        return;
    }
    if SINCE.fetch_add(1, Ordering::Relaxed) + 1 >= *count {
        std::process::abort();
    }
}
