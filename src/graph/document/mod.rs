//! Turns the text of a GraphQL document into something that the executor can run: parsed, validated by the rules of the
//! specification, with its variables coerced, and planned.
//!
//! The executor is more lenient than the specification, so it receives only valid documents: fields are collected and
//! merged, conditions decided, variables replaced by their values. Its response is completed by the same plan
//! ([`complete`]).

pub mod coerce;
pub mod complete;
pub mod fault;
pub mod plan;
pub mod validate;
pub mod variables;

use std::collections::HashMap;
use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::LazyLock;
use std::sync::Mutex;
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

use crate::graph::document::fault::Fault;
use crate::graph::document::fault::Faults;
use crate::graph::document::plan::Plan;
use crate::graph::document::variables::Variables;

/// The maximum total size of the cached sources, as a multiple of the maximum document size.
const KEPT_TIMES: usize = 8;
/// The maximum depth of nested selection sets and of nested brackets that the parser follows.
const RECURSION: usize = 200;

/// An introspection field that newer clients select and that the executor's schema export lacks.
const INTROSPECTION: &str = "extend type __Type { isOneOf: Boolean }";

/// The schema that documents are validated against; the same for all servers in this process.
pub static SCHEMA: LazyLock<Arc<Valid<Schema>>> = LazyLock::new(|| {
    let sdl = format!("{}\n{INTROSPECTION}", crate::graph::sdl::whole());
    match Schema::parse_and_validate(sdl, "schema.graphql") {
        Ok(schema) => Arc::new(schema),
        Err(error) => panic!("the schema is not valid: {}", error.errors),
    }
});

/// The syntax of a document.
#[derive(Debug)]
pub struct Parsed {
    source: Arc<str>,
    pub syntax: ast::Document,
}

/// Parses a document.
///
/// # Errors
/// Where it is not GraphQL.
pub fn parse(source: &str) -> Result<Parsed, Faults> {
    let mut parser = apollo_compiler::parser::Parser::new().recursion_limit(RECURSION);
    match parser.parse_ast(source, "document.graphql") {
        Ok(syntax) => Ok(Parsed {
            source: Arc::from(source),
            syntax,
        }),
        Err(error) => Err(Faults::of_diagnostics(&error.errors)),
    }
}

/// A document that is valid against the schema.
#[derive(Debug)]
pub struct Checked {
    pub source: Arc<str>,
    pub syntax: ast::Document,
    pub document: Valid<ExecutableDocument>,
}

impl Checked {
    /// Validates a document by the rules of chapter 5 of the specification. The cost grows with the number of fields
    /// that its fragments expand to: limit them first if the document is not the program's own.
    ///
    /// # Errors
    /// All violations.
    pub fn new(parsed: Parsed) -> Result<Checked, Faults> {
        let document = match parsed.syntax.to_executable_validate(&SCHEMA) {
            Ok(document) => document,
            Err(error) if validate::is_lenient(&error.errors) => Valid::assume_valid(error.partial),
            Err(error) => return Err(Faults::of_diagnostics(&error.errors)),
        };
        validate::rest(&SCHEMA, &document)?;
        Ok(Checked {
            source: parsed.source,
            syntax: parsed.syntax,
            document,
        })
    }

    /// The operation with this name, or the only one.
    ///
    /// # Errors
    /// When there is none of that name, or no name and several.
    pub fn operation(&self, name: Option<&str>) -> Result<&Operation, Faults> {
        self.document
            .operations
            .get(name)
            .map(AsRef::as_ref)
            .map_err(|_| {
                Faults::one(Fault::new(match name {
                    Some(name) => format!("The document has no operation named {name:?}."),
                    None => "The document has several operations and none is named.".to_string(),
                }))
            })
    }
}

/// Valid documents from earlier requests, so that a document sent again is not validated again.
#[derive(Clone)]
pub struct Documents {
    kept: Arc<Mutex<Kept>>,
    /// The maximum size of a document in bytes.
    largest: usize,
}

#[derive(Default)]
struct Kept {
    by_source: HashMap<Arc<str>, Arc<Checked>>,
    order: VecDeque<Arc<str>>,
    bytes: usize,
}

impl Documents {
    /// Creates a cache for documents of at most this number of bytes each.
    pub fn new(largest: usize) -> Documents {
        Documents {
            kept: Arc::default(),
            largest,
        }
    }

    /// Returns a document that was validated before.
    pub fn known(&self, source: &str) -> Option<Arc<Checked>> {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.by_source.get(source).map(Arc::clone)
    }

    /// Validates a document and caches it; the oldest documents are removed to make room.
    ///
    /// # Errors
    /// As [`Checked::new`].
    pub fn check(&self, parsed: Parsed) -> Result<Arc<Checked>, Faults> {
        let checked = Arc::new(Checked::new(parsed)?);
        let source = Arc::clone(&checked.source);
        // A large document would displace too many others.
        if source.len() > self.largest / 2 {
            return Ok(checked);
        }
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let kept = &mut *kept;
        if kept.by_source.contains_key(&source) {
            return Ok(checked);
        }
        kept.bytes += source.len();
        kept.by_source
            .insert(Arc::clone(&source), Arc::clone(&checked));
        kept.order.push_back(source);
        while kept.bytes > self.largest.saturating_mul(KEPT_TIMES) {
            let Some(oldest) = kept.order.pop_front() else {
                break;
            };
            kept.bytes -= oldest.len();
            kept.by_source.remove(&oldest);
        }
        Ok(checked)
    }
}

/// A request that can be executed as often as needed. Cheap to clone.
#[derive(Clone)]
pub struct Document {
    pub checked: Arc<Checked>,
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
        checked: Arc<Checked>,
        operation_name: Option<&str>,
        given: Map<String, Value>,
    ) -> Result<Document, Faults> {
        let operation = checked.operation(operation_name)?;
        let variables = Variables::coerce(&SCHEMA, &checked.document, operation, &given)?;
        let plan = Plan::new(&SCHEMA, &checked.document, operation, &variables)?;
        Ok(Document {
            kind: operation.operation_type,
            plan: Arc::new(plan),
            operation_name: operation_name.map(Arc::from),
            given: Arc::new(given),
            checked,
        })
    }

    /// The operation that is executed.
    pub fn operation(&self) -> Option<&Operation> {
        self.checked.operation(self.operation_name.as_deref()).ok()
    }

    /// The request for the executor.
    pub fn request(&self) -> Request {
        let mut request = Request::new("");
        request.set_parsed_query(self.plan.executable());
        request
    }
}
