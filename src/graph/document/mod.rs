//! Turns the text of a GraphQL document into something that the executor can run: parsed, validated by the rules of the
//! specification, with its variables coerced, and planned.
//!
//! The executor is more lenient than the specification, so it receives only valid documents: fields are collected and
//! merged, conditions decided, variables replaced by their values. Its response is completed by the same plan
//! ([`complete`]).

mod audience;
pub mod coerce;
pub mod complete;
pub mod error;
pub mod plan;
pub mod validate;
pub mod variables;

use std::collections::HashMap;
use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::LazyLock;
use std::sync::Mutex;
use std::sync::OnceLock;
use std::sync::PoisonError;

use apollo_compiler::ExecutableDocument;
use apollo_compiler::Schema;
use apollo_compiler::ast;
use apollo_compiler::executable::Operation;
use apollo_compiler::executable::OperationType;
use apollo_compiler::validation::Valid;
use async_graphql::Request;
use serde_json::Map;
use serde_json::Value;

use crate::graph::document::error::DocumentError;
use crate::graph::document::error::DocumentErrors;
use crate::graph::document::plan::Plan;
use crate::graph::document::variables::Variables;

/// The maximum total size of the cached sources, as a multiple of the maximum document size.
const CACHE_FACTOR: usize = 8;
/// The maximum number of fields in the plans that are kept, in total, and in each.
const PLANNED: usize = 20_000;
const PLANNED_EACH: usize = 1_000;
/// The maximum size of the variables, as JSON in bytes, of an operation whose plan is kept.
const VARIABLES: usize = 1_000;
/// The maximum depth of nested selection sets and of nested brackets that the parser follows.
const MAX_DEPTH: usize = 200;

/// An introspection field that newer clients select and that the executor's schema export lacks.
const EXTRA_INTROSPECTION: &str = "extend type __Type { isOneOf: Boolean }";

/// The schema that documents are validated against; the same for all servers in this process.
pub static SCHEMA: LazyLock<Arc<Valid<Schema>>> = LazyLock::new(|| {
    let sdl = format!("{}\n{EXTRA_INTROSPECTION}", crate::graph::sdl::full());
    match Schema::parse_and_validate(sdl, "schema.graphql") {
        Ok(schema) => Arc::new(schema),
        Err(error) => panic!("the schema is not valid: {}", error.errors),
    }
});

/// The syntax of a document.
#[derive(Debug)]
pub struct ParsedDocument {
    source: Arc<str>,
    pub syntax: ast::Document,
}

/// Parses a document.
///
/// # Errors
/// Where it is not GraphQL.
pub fn parse(source: &str) -> Result<ParsedDocument, DocumentErrors> {
    let mut parser = apollo_compiler::parser::Parser::new().recursion_limit(MAX_DEPTH);
    match parser.parse_ast(source, "document.graphql") {
        Ok(syntax) => Ok(ParsedDocument {
            source: Arc::from(source),
            syntax,
        }),
        Err(error) => Err(DocumentErrors::of_diagnostics(&error.errors)),
    }
}

/// A document that is valid against the schema.
#[derive(Debug)]
pub struct ValidDocument {
    pub source: Arc<str>,
    pub syntax: ast::Document,
    pub document: Valid<ExecutableDocument>,
    for_every_visitor: OnceLock<bool>,
}

impl ValidDocument {
    /// Validates a document by the rules of chapter 5 of the specification. The cost grows with the number of fields
    /// that its fragments expand to: limit them first if the document is not the program's own.
    ///
    /// # Errors
    /// All violations.
    pub fn new(parsed: ParsedDocument) -> Result<ValidDocument, DocumentErrors> {
        let document = match parsed.syntax.to_executable_validate(&SCHEMA) {
            Ok(document) => document,
            Err(error) if validate::has_only_root_field_errors(&error.errors) => {
                Valid::assume_valid(error.partial)
            }
            Err(error) => return Err(DocumentErrors::of_diagnostics(&error.errors)),
        };
        validate::check_other_rules(&SCHEMA, &document)?;
        Ok(ValidDocument {
            source: parsed.source,
            syntax: parsed.syntax,
            document,
            for_every_visitor: OnceLock::new(),
        })
    }

    /// Whether all visitors get the same answer in the same language, until the content changes: queries of public content,
    /// without anything that depends on the caller.
    pub fn is_for_every_visitor(&self) -> bool {
        *self
            .for_every_visitor
            .get_or_init(|| audience::is_for_every_visitor(&self.document))
    }

    /// The operation with this name, or the only one.
    ///
    /// # Errors
    /// When there is none of that name, or no name and several.
    pub fn operation(&self, name: Option<&str>) -> Result<&Operation, DocumentErrors> {
        self.document
            .operations
            .get(name)
            .map(AsRef::as_ref)
            .map_err(|_| {
                DocumentErrors::one(DocumentError::new(match name {
                    Some(name) => format!("The document has no operation named {name:?}."),
                    None => "The document has several operations and none is named.".to_string(),
                }))
            })
    }
}

/// Valid documents from earlier requests, so that a document sent again is not validated again.
#[derive(Clone)]
pub struct DocumentCache {
    entries: Arc<Mutex<CacheEntries>>,
    plans: Arc<Mutex<Plans>>,
    /// The maximum size of a document in bytes.
    max_bytes: usize,
}

#[derive(Default)]
struct CacheEntries {
    by_source: HashMap<Arc<str>, Arc<ValidDocument>>,
    order: VecDeque<Arc<str>>,
    bytes: usize,
}

impl DocumentCache {
    /// Creates a cache for documents of at most this number of bytes each.
    pub fn new(max_bytes: usize) -> DocumentCache {
        DocumentCache {
            entries: Arc::default(),
            plans: Arc::default(),
            max_bytes,
        }
    }

    /// Returns a document that was validated before.
    pub fn get(&self, source: &str) -> Option<Arc<ValidDocument>> {
        let entries = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
        entries.by_source.get(source).map(Arc::clone)
    }

    /// Validates a document and caches it; the oldest documents are removed to make room.
    ///
    /// # Errors
    /// As [`ValidDocument::new`].
    pub fn validate(&self, parsed: ParsedDocument) -> Result<Arc<ValidDocument>, DocumentErrors> {
        let valid = Arc::new(ValidDocument::new(parsed)?);
        let source = Arc::clone(&valid.source);
        // A large document would displace too many others.
        if source.len() > self.max_bytes / 2 {
            return Ok(valid);
        }
        let mut entries = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
        let entries = &mut *entries;
        if entries.by_source.contains_key(&source) {
            return Ok(valid);
        }
        entries.bytes += source.len();
        entries
            .by_source
            .insert(Arc::clone(&source), Arc::clone(&valid));
        entries.order.push_back(source);
        while entries.bytes > self.max_bytes.saturating_mul(CACHE_FACTOR) {
            let Some(oldest) = entries.order.pop_front() else {
                break;
            };
            entries.bytes -= oldest.len();
            entries.by_source.remove(&oldest);
        }
        Ok(valid)
    }
}

impl DocumentCache {
    /// Coerces the variables of an operation and plans it, unless a query with the same variables was planned before.
    ///
    /// # Errors
    /// As [`Document::new`].
    pub fn plan(
        &self,
        valid: Arc<ValidDocument>,
        operation_name: Option<&str>,
        given: Map<String, Value>,
    ) -> Result<Document, DocumentErrors> {
        let variables = serde_json::to_string(&given).unwrap_or_default();
        let key = PlanKey {
            valid: Arc::as_ptr(&valid) as usize,
            operation_name: operation_name.map(Arc::from),
            variables: Arc::from(variables),
        };
        let known = {
            let plans = self.plans.lock().unwrap_or_else(PoisonError::into_inner);
            plans.by_key.get(&key).cloned()
        };
        if let Some(known) = known {
            return Ok(known);
        }
        let document = Document::new(valid, operation_name, given)?;
        let is_kept = document.kind == OperationType::Query
            && key.variables.len() <= VARIABLES
            && document.valid.source.len() <= self.max_bytes / 2
            && document.plan.size <= PLANNED_EACH;
        if is_kept {
            let mut plans = self.plans.lock().unwrap_or_else(PoisonError::into_inner);
            plans.keep(key, &document);
        }
        Ok(document)
    }
}

/// Planned queries from earlier requests.
#[derive(Default)]
struct Plans {
    by_key: HashMap<PlanKey, Document>,
    order: VecDeque<PlanKey>,
    fields: usize,
}

#[derive(Clone, PartialEq, Eq, Hash)]
struct PlanKey {
    /// The address of the document, which is held as long as there is a plan of it.
    valid: usize,
    operation_name: Option<Arc<str>>,
    variables: Arc<str>,
}

impl Plans {
    /// Keeps a plan; the oldest ones make room.
    fn keep(&mut self, key: PlanKey, document: &Document) {
        if self.by_key.contains_key(&key) {
            return;
        }
        self.fields += weight(document);
        self.by_key.insert(key.clone(), document.clone());
        self.order.push_back(key);
        while self.fields > PLANNED {
            let oldest = self.order.pop_front();
            let Some(removed) = oldest.and_then(|key| self.by_key.remove(&key)) else {
                break;
            };
            self.fields -= weight(&removed);
        }
    }
}

/// What a plan takes of the room: also one without fields, and the document that it holds, of which the syntax takes more memory
/// than the text.
fn weight(document: &Document) -> usize {
    document.plan.size + document.valid.source.len() / 16 + 10
}

/// A request that can be executed as often as needed. Cheap to clone.
#[derive(Clone)]
pub struct Document {
    pub valid: Arc<ValidDocument>,
    pub operation_name: Option<Arc<str>>,
    /// The variables as they were given, to compare requests.
    pub given: Arc<Map<String, Value>>,
    pub kind: OperationType,
    pub plan: Arc<Plan>,
}

impl Document {
    /// Coerces the variables of an operation and plans it.
    ///
    /// # Errors
    /// When there is no such operation, or a variable has no value of its type.
    pub fn new(
        valid: Arc<ValidDocument>,
        operation_name: Option<&str>,
        given: Map<String, Value>,
    ) -> Result<Document, DocumentErrors> {
        let operation = valid.operation(operation_name)?;
        let variables = Variables::coerce(&SCHEMA, &valid.document, operation, &given)?;
        let plan = Plan::new(&SCHEMA, &valid.document, operation, &variables)?;
        Ok(Document {
            kind: operation.operation_type,
            plan: Arc::new(plan),
            operation_name: operation_name.map(Arc::from),
            given: Arc::new(given),
            valid,
        })
    }

    /// The operation that is executed.
    pub fn operation(&self) -> Option<&Operation> {
        self.valid.operation(self.operation_name.as_deref()).ok()
    }

    /// The request for the executor.
    pub fn request(&self) -> Request {
        let mut request = Request::new("");
        request.set_parsed_query(self.plan.executable());
        request
    }
}
