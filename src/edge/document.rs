//! What a document would cost, counted after parsing and before anything else walks it: a kilobyte of fragments that
//! spread each other twice would otherwise be 2^30 fields to the validator.

use std::collections::HashMap;

use async_graphql::Name;
use async_graphql::Value as ConstValue;
use async_graphql::Variables;
use async_graphql::parser::types::ExecutableDocument;
use async_graphql::parser::types::Field;
use async_graphql::parser::types::OperationDefinition;
use async_graphql::parser::types::OperationType;
use async_graphql::parser::types::Selection;
use async_graphql::parser::types::SelectionSet;

use crate::base::config::Limits;
use crate::base::page;
use crate::edge::sharing;
use crate::edge::sharing::Shareable;

/// Brackets within brackets, and sets of selections within each other, at most: who reads them calls themselves for each.
const NESTING: u64 = 64;

/// The fields that are connections, and so stand for as many nodes as their page has.
pub const CONNECTIONS: [&str; 29] = [
    "appeals",
    "broader",
    "cases",
    "concepts",
    "decisions",
    "delegations",
    "drafts",
    "followedConcepts",
    "history",
    "invitations",
    "mandates",
    "methods",
    "narrower",
    "notes",
    "notices",
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

/// Why a document is not executed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unfit {
    /// It is no document, or names no operation that it contains.
    Malformed(String),
    /// It exceeds the limit that is named.
    Exceeds(&'static str),
}

/// A parsed document and the kind of the operation that is to be executed.
#[derive(Debug)]
pub struct Parsed {
    pub document: ExecutableDocument,
    pub operation: OperationType,
    /// Whether it is a subscription that can be executed once for many.
    pub shareable: Option<Shareable>,
}

/// Parses a document and counts what it would cost.
pub fn parse(
    source: &str,
    operation_name: Option<&str>,
    variables: &Variables,
    limits: &Limits,
) -> Result<Parsed, Unfit> {
    if source.len() > limits.document_bytes {
        return Err(Unfit::Exceeds("document bytes"));
    }
    if is_too_nested(source) {
        return Err(Unfit::Exceeds("nesting"));
    }
    let document = async_graphql::parser::parse_query(source)
        .map_err(|error| Unfit::Malformed(error.to_string()))?;
    let operation = select(&document, operation_name)?;
    let kind = operation.ty;
    for each in &operation.variable_definitions {
        let name = &each.node.name.node;
        let required = !each.node.var_type.node.nullable && each.node.default_value.is_none();
        let given = variables
            .get(name)
            .is_some_and(|value| *value != ConstValue::Null);
        if required && !given {
            return Err(Unfit::Malformed(format!(
                "The variable ${name} is required."
            )));
        }
    }
    let mut count = Count {
        document: &document,
        variables,
        defaults: HashMap::new(),
        known: HashMap::new(),
    };
    // The validator walks every fragment, also those that no operation spreads.
    let mut cost = Cost::default();
    for name in document.fragments.keys() {
        count.fragment(name, 0)?;
    }
    for (_, each) in document.operations.iter() {
        count.defaults = defaults(&each.node);
        count.known.clear();
        let mut own = count.selections(&each.node.selection_set.node, 0)?;
        own.directives += length(each.node.directives.len());
        check(&own, each.node.ty, limits)?;
        cost = cost.and(own);
    }
    check_total(&cost, limits)?;
    let shareable = match kind {
        OperationType::Subscription => sharing::shareable(&document, operation, variables),
        OperationType::Query | OperationType::Mutation => None,
    };
    Ok(Parsed {
        operation: kind,
        shareable,
        document,
    })
}

/// The values of the variables that may be left out.
fn defaults(operation: &OperationDefinition) -> HashMap<Name, ConstValue> {
    let all = operation.variable_definitions.iter().map(|each| &each.node);
    all.filter_map(|each| {
        let value = each.default_value.as_ref()?;
        Some((each.name.node.clone(), value.node.clone()))
    })
    .collect()
}

fn select<'a>(
    document: &'a ExecutableDocument,
    name: Option<&str>,
) -> Result<&'a OperationDefinition, Unfit> {
    let mut all = document.operations.iter();
    let found = match name {
        Some(name) => all
            .find(|(each, _)| each.is_some_and(|each| each.as_str() == name))
            .map(|(_, operation)| operation),
        None => match (all.next(), all.next()) {
            (Some((_, only)), None) => Some(only),
            _ => None,
        },
    };
    found
        .map(|operation| &operation.node)
        .ok_or_else(|| Unfit::Malformed("The operation to execute is not named.".to_string()))
}

/// What a set of selections costs, with its fragments spread out.
#[derive(Clone, Copy, Debug, Default)]
struct Cost {
    /// Sets within sets, of fields and of fragments.
    height: u64,
    /// Fields at this level.
    direct: u64,
    fields: u64,
    depth: u64,
    complexity: u64,
    aliases: u64,
    directives: u64,
}

impl Cost {
    fn and(self, other: Cost) -> Cost {
        Cost {
            height: self.height.max(other.height),
            direct: self.direct.saturating_add(other.direct),
            fields: self.fields.saturating_add(other.fields),
            depth: self.depth.max(other.depth),
            complexity: self.complexity.saturating_add(other.complexity),
            aliases: self.aliases.saturating_add(other.aliases),
            directives: self.directives.saturating_add(other.directives),
        }
    }
}

fn check(cost: &Cost, kind: OperationType, limits: &Limits) -> Result<(), Unfit> {
    match kind {
        OperationType::Mutation if cost.direct > length(limits.query_mutations) => {
            Err(Unfit::Exceeds("mutations"))
        }
        OperationType::Subscription if cost.direct != 1 => Err(Unfit::Malformed(
            "A subscription follows exactly one field.".to_string(),
        )),
        OperationType::Query | OperationType::Mutation | OperationType::Subscription => Ok(()),
    }
}

fn check_total(cost: &Cost, limits: &Limits) -> Result<(), Unfit> {
    let bounds = [
        (cost.depth, limits.query_depth, "depth"),
        (cost.fields, limits.query_fields, "fields"),
        (cost.aliases, limits.query_aliases, "aliases"),
        (cost.directives, limits.query_directives, "directives"),
        (cost.complexity, limits.query_complexity, "complexity"),
    ];
    match bounds.into_iter().find(|(is, most, _)| *is > length(*most)) {
        Some((_, _, name)) => Err(Unfit::Exceeds(name)),
        None => Ok(()),
    }
}

struct Count<'a> {
    document: &'a ExecutableDocument,
    variables: &'a Variables,
    defaults: HashMap<Name, ConstValue>,
    /// The cost of each fragment, `None` while it is being counted: met again then, it is a circle.
    known: HashMap<Name, Option<Cost>>,
}

impl Count<'_> {
    /// Counts a set that lies within `level` others. Everybody who walks the document calls themselves for each level, so
    /// these are bounded first, through fragments too.
    fn selections(&mut self, set: &SelectionSet, level: u64) -> Result<Cost, Unfit> {
        if level > NESTING {
            return Err(Unfit::Exceeds("depth"));
        }
        let mut total = Cost::default();
        for item in &set.items {
            total = total.and(match &item.node {
                Selection::Field(field) => self.field(&field.node, level)?,
                Selection::InlineFragment(fragment) => {
                    let within = &fragment.node.selection_set.node;
                    let mut cost = self.selections(within, level + 1)?;
                    cost.directives += length(fragment.node.directives.len());
                    cost
                }
                Selection::FragmentSpread(spread) => {
                    let mut cost = self.fragment(&spread.node.fragment_name.node, level + 1)?;
                    cost.directives += length(spread.node.directives.len());
                    cost
                }
            });
        }
        total.height += 1;
        Ok(total)
    }

    fn field(&mut self, field: &Field, level: u64) -> Result<Cost, Unfit> {
        let under = self.selections(&field.selection_set.node, level + 1)?;
        let times = self.page_size(field);
        Ok(Cost {
            direct: 1,
            height: under.height,
            fields: under.fields.saturating_add(1),
            depth: under.depth + 1,
            complexity: under.complexity.saturating_mul(times).saturating_add(1),
            aliases: under.aliases + u64::from(field.alias.is_some()),
            directives: under.directives + length(field.directives.len()),
        })
    }

    fn fragment(&mut self, name: &Name, level: u64) -> Result<Cost, Unfit> {
        match self.known.get(name) {
            Some(Some(cost)) if level + cost.height > NESTING => {
                return Err(Unfit::Exceeds("depth"));
            }
            Some(Some(cost)) => return Ok(*cost),
            Some(None) => {
                return Err(Unfit::Malformed(
                    "A fragment spreads itself in a circle.".to_string(),
                ));
            }
            None => {}
        }
        // One that does not exist is left to the validator's message.
        let Some(fragment) = self.document.fragments.get(name) else {
            return Ok(Cost::default());
        };
        self.known.insert(name.clone(), None);
        let cost = self.selections(&fragment.node.selection_set.node, level)?;
        self.known.insert(name.clone(), Some(cost));
        Ok(cost)
    }

    /// How often what is under the field can be there: the page size of a connection.
    fn page_size(&self, field: &Field) -> u64 {
        let name = field.name.node.as_str();
        if !CONNECTIONS.contains(&name) {
            return 1;
        }
        let given = ["first", "last"].into_iter().find_map(|name| {
            let value = field.get_argument(name)?.node.clone();
            let value = value.into_const_with(|variable| {
                let given = self.variables.get(&variable);
                let value = given.or_else(|| self.defaults.get(&variable));
                Ok::<_, ()>(value.cloned().unwrap_or_default())
            });
            match value.ok()? {
                ConstValue::Number(number) => number.as_u64(),
                _ => None,
            }
        });
        let size = given.unwrap_or(u64::from(page::DEFAULT_SIZE)).max(1);
        size.min(usual_length(name))
    }
}

/// How long the vocabulary's lists are on average, however many entries are asked for: it is small, and trees of it are
/// what clients need.
fn usual_length(field: &str) -> u64 {
    match field {
        "broader" => 3,
        "tools" | "methods" | "regions" => 4,
        "narrower" => 8,
        "concepts" => 50,
        _ => u64::MAX,
    }
}

fn length(count: usize) -> u64 {
    u64::try_from(count).unwrap_or(u64::MAX)
}

/// Whether brackets outside strings and comments are nested deeper than may be.
fn is_too_nested(source: &str) -> bool {
    let mut depth = 0_u64;
    let mut rest = source;
    while let Some(c) = rest.chars().next() {
        if let Some(block) = rest.strip_prefix(BLOCK) {
            // Without an end it is an empty string and the beginning of another.
            rest = after_block(block).unwrap_or(&rest[2..]);
            continue;
        }
        rest = &rest[c.len_utf8()..];
        match c {
            '{' | '[' | '(' => {
                depth += 1;
                if depth > NESTING {
                    return true;
                }
            }
            '}' | ']' | ')' => depth = depth.saturating_sub(1),
            '#' => rest = rest.find(LINE_ENDS).map_or("", |end| &rest[end..]),
            '"' => rest = after_string(rest),
            _ => {}
        }
    }
    false
}

const LINE_ENDS: [char; 2] = ['\n', '\r'];
const BLOCK: &str = "\"\"\"";

/// What follows the end of a block string, in which a backslash keeps three quotes from being that end.
fn after_block(text: &str) -> Option<&str> {
    let mut from = 0;
    while let Some(found) = text[from..].find(BLOCK) {
        let end = from + found;
        if !text[..end].ends_with('\\') {
            return Some(&text[end + BLOCK.len()..]);
        }
        from = end + BLOCK.len();
    }
    None
}

fn after_string(text: &str) -> &str {
    let mut escaped = false;
    for (at, c) in text.char_indices() {
        match c {
            _ if LINE_ENDS.contains(&c) => return &text[at..],
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return &text[at + 1..],
            _ => {}
        }
    }
    ""
}
