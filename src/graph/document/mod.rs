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

use std::borrow::Borrow;
use std::collections::HashMap;
use std::collections::VecDeque;
use std::hash::Hash;
use std::sync::Arc;
use std::sync::LazyLock;
use std::sync::Mutex;
use std::sync::MutexGuard;
use std::sync::OnceLock;
use std::sync::PoisonError;
use std::sync::RwLock;

use apollo_compiler::ExecutableDocument;
use apollo_compiler::Schema;
use apollo_compiler::ast;
use apollo_compiler::executable::Operation;
use apollo_compiler::executable::OperationType;
use apollo_compiler::validation::Valid;
use async_graphql::Request;
use serde_json::Map;
use serde_json::Value;

use crate::base::metrics::Metrics;
use crate::graph::document::error::DocumentError;
use crate::graph::document::error::DocumentErrors;
use crate::graph::document::plan::Plan;
use crate::graph::document::variables::Variables;

/// The maximum total size of the cached documents of clients, as a multiple of the maximum document size.
const CACHE_FACTOR: usize = 8;
/// What a cached document takes beside its text, in bytes of text.
const DOCUMENT_OVERHEAD: usize = 256;
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

/// Valid documents and their plans from earlier requests, so that what is sent again is not validated and planned again.
#[derive(Clone)]
pub struct DocumentCache {
    /// The program's own documents. No request displaces them.
    own: Arc<RwLock<HashMap<&'static str, Arc<ValidDocument>>>>,
    own_plans: Plans,
    documents: Arc<Mutex<Bounded<Arc<str>, Arc<ValidDocument>>>>,
    plans: Plans,
    /// The maximum size of a document in bytes.
    max_bytes: usize,
    metrics: Arc<Metrics>,
}

type Plans = Arc<Mutex<Bounded<PlanKey, Document>>>;

impl DocumentCache {
    /// Creates a cache for documents of at most this number of bytes each.
    pub fn new(max_bytes: usize, metrics: Arc<Metrics>) -> DocumentCache {
        let plans = || Arc::new(Mutex::new(Bounded::new(PLANNED)));
        let bytes = max_bytes.saturating_mul(CACHE_FACTOR);
        DocumentCache {
            own: Arc::default(),
            own_plans: plans(),
            documents: Arc::new(Mutex::new(Bounded::new(bytes))),
            plans: plans(),
            max_bytes,
            metrics,
        }
    }

    /// Returns a document that was validated before.
    pub fn get(&self, source: &str) -> Option<Arc<ValidDocument>> {
        self.find_own(source)
            .or_else(|| held(&self.documents).get(source))
    }

    fn find_own(&self, source: &str) -> Option<Arc<ValidDocument>> {
        let own = self.own.read().unwrap_or_else(PoisonError::into_inner);
        own.get(source).map(Arc::clone)
    }

    /// Validates a document of a client and caches it; the oldest documents are removed to make room.
    ///
    /// # Errors
    /// As [`ValidDocument::new`].
    pub fn validate(&self, parsed: ParsedDocument) -> Result<Arc<ValidDocument>, DocumentErrors> {
        let valid = self.validated(parsed)?;
        let source = Arc::clone(&valid.source);
        // A large document would displace too many others.
        if source.len() <= self.max_bytes / 2 {
            let size = source.len() + DOCUMENT_OVERHEAD;
            let mut documents = held(&self.documents);
            documents.keep(source, &valid, size);
            let bytes = i64::try_from(documents.size).unwrap_or(i64::MAX);
            self.metrics.document_bytes.set(bytes);
        }
        Ok(valid)
    }

    fn validated(&self, parsed: ParsedDocument) -> Result<Arc<ValidDocument>, DocumentErrors> {
        self.metrics.documents_validated.inc();
        Ok(Arc::new(ValidDocument::new(parsed)?))
    }

    /// Prepares one of the program's own documents, which is validated once.
    ///
    /// # Errors
    /// As [`ValidDocument::new`] and [`Document::new`].
    pub fn prepare_own(
        &self,
        source: &'static str,
        operation_name: Option<&str>,
        given: Map<String, Value>,
    ) -> Result<Document, DocumentErrors> {
        let valid = match self.find_own(source) {
            Some(valid) => valid,
            None => {
                let valid = self.validated(parse(source)?)?;
                let mut own = self.own.write().unwrap_or_else(PoisonError::into_inner);
                Arc::clone(own.entry(source).or_insert(valid))
            }
        };
        self.plan_in(&self.own_plans, valid, operation_name, given)
    }

    /// Coerces the variables of a client's operation and plans it, unless a query with the same variables was planned before.
    ///
    /// # Errors
    /// As [`Document::new`].
    pub fn plan(
        &self,
        valid: Arc<ValidDocument>,
        operation_name: Option<&str>,
        given: Map<String, Value>,
    ) -> Result<Document, DocumentErrors> {
        self.plan_in(&self.plans, valid, operation_name, given)
    }

    fn plan_in(
        &self,
        plans: &Plans,
        valid: Arc<ValidDocument>,
        operation_name: Option<&str>,
        given: Map<String, Value>,
    ) -> Result<Document, DocumentErrors> {
        let operation = valid.operation(operation_name)?;
        let key = PlanKey {
            valid: Arc::as_ptr(&valid) as usize,
            operation_name: operation.name.as_deref().map(Arc::from),
            variables: Arc::from(variables::declared(operation, &given, None)),
        };
        if let Some(known) = held(plans).get(&key) {
            return Ok(known);
        }
        let document = Document::new(valid, operation_name, given)?;
        let is_kept = document.kind == OperationType::Query
            && key.variables.len() <= VARIABLES
            && document.valid.source.len() <= self.max_bytes / 2
            && document.plan.size <= PLANNED_EACH;
        if is_kept {
            held(plans).keep(key, &document, weight(&document));
        }
        Ok(document)
    }
}

fn held<T>(bounded: &Mutex<T>) -> MutexGuard<'_, T> {
    bounded.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Values from earlier requests, of a total size; the oldest make room.
struct Bounded<K, V> {
    values: HashMap<K, (V, usize)>,
    order: VecDeque<K>,
    size: usize,
    max: usize,
}

impl<K: Clone + Eq + Hash, V: Clone> Bounded<K, V> {
    fn new(max: usize) -> Bounded<K, V> {
        Bounded {
            values: HashMap::new(),
            order: VecDeque::new(),
            size: 0,
            max,
        }
    }

    fn get<Q: Eq + Hash + ?Sized>(&self, key: &Q) -> Option<V>
    where
        K: Borrow<Q>,
    {
        self.values.get(key).map(|(value, _)| value.clone())
    }

    fn keep(&mut self, key: K, value: &V, size: usize) {
        if self.values.contains_key(&key) {
            return;
        }
        self.size += size;
        self.values.insert(key.clone(), (value.clone(), size));
        self.order.push_back(key);
        while self.size > self.max {
            let oldest = self.order.pop_front();
            let Some((_, size)) = oldest.and_then(|key| self.values.remove(&key)) else {
                break;
            };
            self.size -= size;
        }
    }
}

#[derive(Clone, PartialEq, Eq, Hash)]
struct PlanKey {
    /// The address of the document, which is held as long as there is a plan of it.
    valid: usize,
    operation_name: Option<Arc<str>>,
    variables: Arc<str>,
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
    /// The declared variables as they were given.
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
        mut given: Map<String, Value>,
    ) -> Result<Document, DocumentErrors> {
        let operation = valid.operation(operation_name)?;
        given.retain(|name, _| operation.variables.iter().any(|each| each.name == **name));
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

    /// Whether it selects something that depends on the caller, and not only on their audience.
    pub fn depends_on_caller(&self) -> bool {
        let document = &self.valid.document;
        self.operation()
            .is_none_or(|operation| audience::depends_on_caller(document, operation))
    }

    /// Its variables as JSON, in the order of their names, without the one with this name.
    pub fn variables_except(&self, except: Option<&str>) -> String {
        let operation = self.operation();
        operation.map_or_else(String::new, |operation| {
            variables::declared(operation, &self.given, except)
        })
    }

    /// The request for the executor.
    pub fn request(&self) -> Request {
        let mut request = Request::new("");
        request.set_parsed_query(self.plan.executable());
        request
    }
}
