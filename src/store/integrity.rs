//! Checks whether the database itself is sound: its pages, indexes, constraints and foreign keys.

use sea_orm::ConnectionTrait;
use sea_orm::DatabaseTransaction;
use sea_orm::DbBackend;
use sea_orm::QueryResult;
use sea_orm::Statement;

use crate::base::error::Error;
use crate::base::error::Result;

/// Maximum number of faults named per check.
pub const MAX_NAMED: usize = 5;

/// The result of one check.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CheckResult {
    /// What was checked, with numbers.
    pub seen: String,
    /// Number of faults; 0 if everything is valid.
    pub faults: u64,
    /// The first faults.
    pub first: Vec<String>,
}

impl CheckResult {
    /// Creates a result without faults so far.
    pub fn seen(seen: impl Into<String>) -> CheckResult {
        CheckResult {
            seen: seen.into(),
            ..CheckResult::default()
        }
    }

    /// Adds a fault; only the first few are kept.
    pub fn add(&mut self, fault: impl Into<String>) {
        self.faults += 1;
        if self.first.len() < MAX_NAMED {
            self.first.push(fault.into());
        }
    }
}

/// SQLite: runs `integrity_check`, which reads every page, compares each index with its table and checks each NOT NULL
/// and CHECK. PostgreSQL: reads every row of every table with its long values, and checks that indexes and constraints
/// are valid.
///
/// # Errors
/// Those of the database. For a broken database, they are the result.
pub async fn pages(rows: &DatabaseTransaction) -> Result<CheckResult> {
    if rows.get_database_backend() != DbBackend::Sqlite {
        return pages_of_postgres(rows).await;
    }
    let mut found = CheckResult::seen("every page, index and CHECK");
    for row in query(rows, "pragma integrity_check(100)").await? {
        let words: String = row.try_get_by_index(0)?;
        if words != "ok" {
            found.add(words);
        }
    }
    Ok(found)
}

async fn pages_of_postgres(rows: &DatabaseTransaction) -> Result<CheckResult> {
    let tables = names(
        rows,
        "select relname::text from pg_class join pg_namespace on pg_namespace.oid = relnamespace \
         where nspname = current_schema() and relkind = 'r' order by relname",
    )
    .await?;
    let mut found = CheckResult::seen(format!("every row of {} tables", tables.len()));
    for table in &tables {
        // Converting a row to text also reads the parts of it that are stored elsewhere.
        let read = format!(
            "select coalesce(sum(length(t::text)), 0)::bigint as size from {} t",
            quoted(table)
        );
        query(rows, &read).await?;
    }
    let unsound = "select 'the index ' || indexrelid::regclass || ' is not valid' from pg_index \
         join pg_class on pg_class.oid = indexrelid join pg_namespace on pg_namespace.oid = relnamespace \
         where nspname = current_schema() and not (indisvalid and indisready) \
         union all select 'the constraint ' || conname || ' of ' || conrelid::regclass || ' is not validated' from pg_constraint \
         join pg_namespace on pg_namespace.oid = connamespace where nspname = current_schema() and not convalidated";
    for fault in names(rows, unsound).await? {
        found.add(fault);
    }
    Ok(found)
}

/// Checks that every reference to another row refers to an existing row. PostgreSQL ensures this unless its triggers were
/// disabled, so each foreign key is checked again there.
///
/// # Errors
/// Those of the database.
pub async fn foreign_keys(rows: &DatabaseTransaction) -> Result<CheckResult> {
    if rows.get_database_backend() == DbBackend::Sqlite {
        let mut found = CheckResult::seen("every foreign key");
        for row in query(rows, "pragma foreign_key_check").await? {
            let table: String = row.try_get("", "table")?;
            let parent: String = row.try_get("", "parent")?;
            let number: Option<i64> = row.try_get("", "rowid")?;
            let number = number.map_or("?".to_string(), |number| number.to_string());
            found.add(format!(
                "row {number} of {table} refers to a row of {parent} that does not exist"
            ));
        }
        return Ok(found);
    }
    let keys = "select conname::text as name, conrelid::regclass::text as child, confrelid::regclass::text as parent, \
         (select string_agg(format('c.%I = p.%I', a.attname, b.attname), ' and ') from unnest(conkey, confkey) as k(x, y) \
          join pg_attribute a on a.attrelid = conrelid and a.attnum = x \
          join pg_attribute b on b.attrelid = confrelid and b.attnum = y) as same, \
         (select string_agg(format('c.%I is not null', a.attname), ' and ') from unnest(conkey) as k(x) \
          join pg_attribute a on a.attrelid = conrelid and a.attnum = x) as set \
         from pg_constraint join pg_namespace on pg_namespace.oid = connamespace \
         where nspname = current_schema() and contype = 'f' order by conname";
    let keys = query(rows, keys).await?;
    let mut found = CheckResult::seen(format!("{} foreign keys", keys.len()));
    for key in keys {
        let text = |column: &str| key.try_get::<String>("", column).map_err(Error::from);
        let (name, child, parent) = (text("name")?, text("child")?, text("parent")?);
        let orphans = format!(
            "select count(*) as count from {child} c where {} and not exists (select 1 from {parent} p where {})",
            text("set")?,
            text("same")?
        );
        let count = count(rows, &orphans).await?;
        if count > 0 {
            found.add(format!(
                "{count} rows of {child} refer to rows of {parent} that do not exist ({name})"
            ));
        }
    }
    Ok(found)
}

/// Checks that the triggers that protect append-only data exist.
///
/// # Errors
/// Those of the database.
pub async fn guards(rows: &DatabaseTransaction) -> Result<CheckResult> {
    let (sql, wanted): (&str, &[&str]) = match rows.get_database_backend() == DbBackend::Sqlite {
        true => (
            "select name from sqlite_master where type = 'trigger'",
            &[
                "ledger_no_update",
                "ledger_no_delete",
                "ledger_no_replace",
                "ledger_checkpoint_no_update",
                "ledger_checkpoint_no_delete",
                "ledger_checkpoint_no_replace",
            ],
        ),
        false => (
            "select tgname::text from pg_trigger where not tgisinternal and tgenabled in ('O', 'A')",
            &["ledger_append_only", "ledger_checkpoint_append_only"],
        ),
    };
    let there = names(rows, sql).await?;
    let mut found = CheckResult::seen(format!("{} triggers", wanted.len()));
    for name in wanted
        .iter()
        .filter(|name| !there.iter().any(|t| t == *name))
    {
        found.add(format!("the trigger {name} is missing"));
    }
    Ok(found)
}

/// Returns the rows of a statement.
///
/// # Errors
/// Those of the database.
pub async fn query(rows: &DatabaseTransaction, sql: &str) -> Result<Vec<QueryResult>> {
    Ok(rows
        .query_all_raw(Statement::from_string(rows.get_database_backend(), sql))
        .await?)
}

/// Returns the number in the first column of a statement's result.
///
/// # Errors
/// Those of the database.
pub async fn count(rows: &DatabaseTransaction, sql: &str) -> Result<u64> {
    let answer = query(rows, sql).await?;
    let count: i64 = match answer.first() {
        Some(row) => row.try_get_by_index(0)?,
        None => 0,
    };
    Ok(u64::try_from(count).unwrap_or(0))
}

async fn names(rows: &DatabaseTransaction, sql: &str) -> Result<Vec<String>> {
    query(rows, sql)
        .await?
        .iter()
        .map(|row| row.try_get_by_index(0).map_err(Error::from))
        .collect()
}

fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}
