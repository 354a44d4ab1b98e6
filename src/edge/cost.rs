//! The cost of a document. It is counted after parsing and before any other code walks the document: a kilobyte of fragments
//! that spread each other twice would be 2^30 fields to the validator.

use std::collections::HashMap;

use apollo_compiler::Name;
use apollo_compiler::ast::Definition;
use apollo_compiler::ast::Document;
use apollo_compiler::ast::Field;
use apollo_compiler::ast::FragmentDefinition;
use apollo_compiler::ast::OperationDefinition;
use apollo_compiler::ast::OperationType;
use apollo_compiler::ast::Selection;
use apollo_compiler::ast::Value;
use serde_json::Map;

use crate::base::config::Limits;
use crate::base::page;
use crate::edge::document::DocumentError;
use crate::edge::document::MAX_NESTING;

/// The fields that are connections. Each counts as many nodes as its page has.
pub const CONNECTIONS: [&str; 34] = [
    "acknowledgements",
    "appeals",
    "broader",
    "cases",
    "concepts",
    "decisions",
    "delegations",
    "drafts",
    "followedConcepts",
    "formerNames",
    "history",
    "invitations",
    "ledger",
    "mandates",
    "methods",
    "narrower",
    "notes",
    "notices",
    "participants",
    "passwordLinks",
    "people",
    "persons",
    "posts",
    "proposals",
    "regions",
    "reports",
    "revisions",
    "scope",
    "sessions",
    "threads",
    "tools",
    "translations",
    "waiting",
    "writers",
];

/// The field that finds objects by their ids counts one per id. The field of the same name in a connection has no ids: its
/// entries are already counted with the connection.
const NODES: &str = "nodes";

/// The fields that render a text on request. They are the most expensive of all, and a document needs each only once.
const PREVIEW: &str = "preview";
const PREVIEW_NOTES: &str = "previewNotes";
/// Fields whose values are computed from whole texts on request weigh as much as this many others.
const RENDERED_WEIGHT: u64 = 4;
const RENDERED: [&str; 3] = ["bodyHtml", "bodyText", "changes"];

/// Returns the cost of a document with these variables. All its operations count, because all are validated.
///
/// # Errors
/// The limit that it exceeds.
pub fn of(
    document: &Document,
    variables: &Map<String, serde_json::Value>,
    limits: &Limits,
) -> Result<Cost, DocumentError> {
    let mut count = Counter {
        fragments: HashMap::new(),
        variables,
        defaults: HashMap::new(),
        counted: HashMap::new(),
    };
    for definition in &document.definitions {
        if let Definition::FragmentDefinition(fragment) = definition {
            count.fragments.insert(&fragment.name, fragment);
        }
    }
    // The validator walks every fragment, including those that no operation spreads.
    let names: Vec<&Name> = count.fragments.keys().copied().collect();
    for name in names {
        count.fragment(name, 0)?;
    }
    let mut cost = Cost::default();
    for definition in &document.definitions {
        if let Definition::OperationDefinition(operation) = definition {
            count.defaults = defaults(operation);
            count.counted.clear();
            let mut own = count.selections(&operation.selection_set, 0)?;
            own.directives += length(operation.directives.len());
            check(&own, operation.operation_type, limits)?;
            cost = cost.and(own);
        }
    }
    check_total(&cost, limits)?;
    Ok(cost)
}

/// Returns the default values of the optional variables.
fn defaults(operation: &OperationDefinition) -> HashMap<&Name, &Value> {
    let all = operation.variables.iter();
    all.filter_map(|each| Some((&each.name, each.default_value.as_ref()?.as_ref())))
        .collect()
}

/// The cost of a selection set, with its fragments expanded.
#[derive(Clone, Copy, Debug, Default)]
pub struct Cost {
    /// Nesting of sets, of fields and of fragments.
    height: u64,
    /// Fields at this level.
    direct: u64,
    /// Texts that are rendered on request.
    pub previews: u64,
    pub preview_notes: u64,
    pub fields: u64,
    pub depth: u64,
    /// The weight of each field, multiplied by the page size for fields under a connection.
    pub complexity: u64,
    pub aliases: u64,
    pub directives: u64,
}

impl Cost {
    /// Returns the cost of both.
    #[must_use]
    pub fn and(self, other: Cost) -> Cost {
        Cost {
            height: self.height.max(other.height),
            previews: self.previews.saturating_add(other.previews),
            preview_notes: self.preview_notes.saturating_add(other.preview_notes),
            direct: self.direct.saturating_add(other.direct),
            fields: self.fields.saturating_add(other.fields),
            depth: self.depth.max(other.depth),
            complexity: self.complexity.saturating_add(other.complexity),
            aliases: self.aliases.saturating_add(other.aliases),
            directives: self.directives.saturating_add(other.directives),
        }
    }
}

impl Cost {
    /// Returns each cost with its limit, for the author of a client.
    pub fn report(&self, limits: &Limits) -> async_graphql::Value {
        let pairs = [
            ("complexity", self.complexity, limits.query_complexity),
            ("depth", self.depth, limits.query_depth),
            ("fields", self.fields, limits.query_fields),
            ("aliases", self.aliases, limits.query_aliases),
            ("directives", self.directives, limits.query_directives),
        ];
        let reported = pairs.into_iter().map(|(name, is, max)| {
            let pair = [("cost", is), ("limit", length(max))];
            let pair = pair.map(|(name, number)| {
                (
                    async_graphql::Name::new(name),
                    async_graphql::Value::from(number),
                )
            });
            let pair = async_graphql::Value::Object(pair.into_iter().collect());
            (async_graphql::Name::new(name), pair)
        });
        async_graphql::Value::Object(reported.collect())
    }
}

/// Compares the total cost of a batch with its limit, which is that of one document.
///
/// # Errors
/// The limit that is exceeded.
pub fn check_batch(cost: &Cost, limits: &Limits) -> Result<(), DocumentError> {
    let bounds = [
        (cost.previews, 1, "previews"),
        (cost.preview_notes, 1, "previews"),
        (cost.complexity, limits.query_complexity, "complexity"),
    ];
    exceeded(bounds.into_iter())
}

fn check(cost: &Cost, kind: OperationType, limits: &Limits) -> Result<(), DocumentError> {
    match kind {
        OperationType::Mutation if cost.direct > length(limits.query_mutations) => {
            Err(DocumentError::Exceeds("mutations"))
        }
        OperationType::Query | OperationType::Mutation | OperationType::Subscription => Ok(()),
    }
}

fn check_total(cost: &Cost, limits: &Limits) -> Result<(), DocumentError> {
    let bounds = [
        (cost.previews, 1, "previews"),
        (cost.preview_notes, 1, "previews"),
        (cost.depth, limits.query_depth, "depth"),
        (cost.fields, limits.query_fields, "fields"),
        (cost.aliases, limits.query_aliases, "aliases"),
        (cost.directives, limits.query_directives, "directives"),
        (cost.complexity, limits.query_complexity, "complexity"),
    ];
    exceeded(bounds.into_iter())
}

fn exceeded(
    mut bounds: impl Iterator<Item = (u64, usize, &'static str)>,
) -> Result<(), DocumentError> {
    match bounds.find(|(is, max, _)| *is > length(*max)) {
        Some((_, _, name)) => Err(DocumentError::Exceeds(name)),
        None => Ok(()),
    }
}

struct Counter<'a> {
    fragments: HashMap<&'a Name, &'a FragmentDefinition>,
    variables: &'a Map<String, serde_json::Value>,
    defaults: HashMap<&'a Name, &'a Value>,
    /// The cost of each fragment. `None` while it is being counted: a fragment that is reached again then is in a cycle.
    counted: HashMap<&'a Name, Option<Cost>>,
}

impl<'a> Counter<'a> {
    /// Counts a set nested within `level` others. All code that walks the document recurses for each level, so the
    /// levels are limited first, through fragments too.
    fn selections(&mut self, set: &'a [Selection], level: u64) -> Result<Cost, DocumentError> {
        if level > MAX_NESTING {
            return Err(DocumentError::Exceeds("depth"));
        }
        let mut total = Cost::default();
        for item in set {
            total = total.and(match item {
                Selection::Field(field) => self.field(field, level)?,
                Selection::InlineFragment(fragment) => {
                    let mut cost = self.selections(&fragment.selection_set, level + 1)?;
                    cost.directives += length(fragment.directives.len());
                    cost
                }
                Selection::FragmentSpread(spread) => {
                    let mut cost = self.fragment(&spread.fragment_name, level + 1)?;
                    cost.directives += length(spread.directives.len());
                    cost
                }
            });
        }
        total.height += 1;
        Ok(total)
    }

    fn field(&mut self, field: &'a Field, level: u64) -> Result<Cost, DocumentError> {
        let under = self.selections(&field.selection_set, level + 1)?;
        let times = self.page_size(field);
        let name = field.name.as_str();
        let weight = if RENDERED.contains(&name) {
            RENDERED_WEIGHT
        } else {
            1
        };
        Ok(Cost {
            direct: 1,
            height: under.height,
            previews: under.previews + u64::from(name == PREVIEW),
            preview_notes: under.preview_notes + u64::from(name == PREVIEW_NOTES),
            fields: under.fields.saturating_add(1),
            depth: under.depth + 1,
            complexity: under
                .complexity
                .saturating_mul(times)
                .saturating_add(weight),
            aliases: under.aliases + u64::from(field.alias.is_some()),
            directives: under.directives + length(field.directives.len()),
        })
    }

    fn fragment(&mut self, name: &'a Name, level: u64) -> Result<Cost, DocumentError> {
        match self.counted.get(name) {
            Some(Some(cost)) if level + cost.height > MAX_NESTING => {
                return Err(DocumentError::Exceeds("depth"));
            }
            Some(Some(cost)) => return Ok(*cost),
            Some(None) => {
                return Err(DocumentError::Malformed(
                    "A fragment spreads itself in a circle.".to_string(),
                ));
            }
            None => {}
        }
        // A missing fragment is left to the validator's message.
        let Some(fragment) = self.fragments.get(name).copied() else {
            return Ok(Cost::default());
        };
        self.counted.insert(name, None);
        let mut cost = self.selections(&fragment.selection_set, level)?;
        cost.directives += length(fragment.directives.len());
        self.counted.insert(name, Some(cost));
        Ok(cost)
    }

    /// Returns how often the content of the field can occur: the page size of a connection, or the number of ids.
    fn page_size(&self, field: &Field) -> u64 {
        let name = field.name.as_str();
        if name == NODES {
            let ids = field.arguments.iter().find(|each| each.name == "ids");
            return ids.map_or(1, |ids| self.entries(&ids.value));
        }
        if !CONNECTIONS.contains(&name) {
            return 1;
        }
        let given = ["first", "last"].into_iter().find_map(|name| {
            let argument = field.arguments.iter().find(|each| each.name == name)?;
            self.number(&argument.value)
        });
        let size = given.unwrap_or(u64::from(page::DEFAULT_SIZE)).max(1);
        size.min(typical_length(name))
    }

    /// Returns the number of entries in a list. The field itself refuses more than a page of them.
    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "a value of the document's syntax, of which few matter here"
    )]
    fn entries(&self, value: &Value) -> u64 {
        let many = match value {
            Value::List(items) => items.len(),
            Value::Variable(name) => match self.variables.get(name.as_str()) {
                Some(serde_json::Value::Array(items)) => items.len(),
                Some(_) => 1,
                None => match self.defaults.get(name) {
                    Some(Value::List(items)) => items.len(),
                    _ => 1,
                },
            },
            _ => 1,
        };
        length(many).clamp(1, u64::from(page::MAX_SIZE))
    }

    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "a value of the document's syntax, of which few matter here"
    )]
    fn number(&self, value: &Value) -> Option<u64> {
        match value {
            Value::Int(number) => number.as_str().parse().ok(),
            Value::Variable(name) => match self.variables.get(name.as_str()) {
                Some(given) => given.as_u64(),
                None => match self.defaults.get(name)? {
                    Value::Int(number) => number.as_str().parse().ok(),
                    _ => None,
                },
            },
            _ => None,
        }
    }
}

/// Returns the average length of the vocabulary's lists and of acknowledgements, however many entries are requested: the vocabulary
/// is small, and clients need trees of it; few delegations acknowledge one post.
fn typical_length(field: &str) -> u64 {
    match field {
        "broader" => 3,
        "acknowledgements" => 4,
        "tools" | "methods" | "regions" => 4,
        "narrower" => 8,
        "concepts" => 50,
        _ => u64::MAX,
    }
}

fn length(count: usize) -> u64 {
    u64::try_from(count).unwrap_or(u64::MAX)
}
