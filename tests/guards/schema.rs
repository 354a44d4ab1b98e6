//! The published schema is what the program serves, and describes everything in it.

use std::fs;
use std::path::Path;

use async_graphql::Positioned;
use async_graphql::parser::parse_schema;
use async_graphql::parser::types::FieldDefinition;
use async_graphql::parser::types::InputValueDefinition;
use async_graphql::parser::types::TypeDefinition;
use async_graphql::parser::types::TypeKind;
use async_graphql::parser::types::TypeSystemDefinition;

use partage::edge::cost::CONNECTIONS;

use crate::support::process::run;

fn published() -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("schema.graphql");
    fs::read_to_string(path)
        .expect("schema.graphql (write it with `partage schema > schema.graphql`)")
}

fn types() -> Vec<TypeDefinition> {
    let document = parse_schema(published()).expect("a schema");
    document
        .definitions
        .into_iter()
        .filter_map(|definition| match definition {
            TypeSystemDefinition::Type(definition) => Some(definition.node),
            TypeSystemDefinition::Schema(_) | TypeSystemDefinition::Directive(_) => None,
        })
        .collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_published_schema_is_what_the_program_prints() {
    let printed = run(&["schema"]).await;
    assert_eq!(printed.code, Some(0), "{printed:?}");
    assert_eq!(
        printed.stdout.trim_end(),
        published().trim_end(),
        "write it again with `partage schema > schema.graphql`"
    );
}

#[test]
fn everything_in_the_schema_has_a_description() {
    let mut bare = Vec::new();
    let mut seen = 0;
    let mut look = |path: String, description: &Option<Positioned<String>>| {
        seen += 1;
        let said = description.as_ref().map(|text| text.node.trim());
        if said.is_none_or(str::is_empty) {
            bare.push(path);
        }
    };
    for each in types() {
        let name = each.name.node.to_string();
        look(name.clone(), &each.description);
        match each.kind {
            TypeKind::Object(object) => fields(&name, &object.fields, &mut look),
            TypeKind::Interface(interface) => fields(&name, &interface.fields, &mut look),
            TypeKind::InputObject(input) => values(&name, &input.fields, &mut look),
            TypeKind::Enum(choice) => {
                for value in choice.values {
                    let value = value.node;
                    look(format!("{name}.{}", value.value.node), &value.description);
                }
            }
            TypeKind::Scalar | TypeKind::Union(_) => {}
        }
    }
    assert!(seen > 300, "the schema was read: {seen}");
    assert!(
        bare.is_empty(),
        "without a description:\n{}",
        bare.join("\n")
    );
}

type Look<'a> = dyn FnMut(String, &Option<Positioned<String>>) + 'a;

fn fields(of: &str, fields: &[Positioned<FieldDefinition>], look: &mut Look<'_>) {
    for field in fields {
        let path = format!("{of}.{}", field.node.name.node);
        values(&path, &field.node.arguments, look);
        look(path, &field.node.description);
    }
}

fn values(of: &str, values: &[Positioned<InputValueDefinition>], look: &mut Look<'_>) {
    for value in values {
        let path = format!("{of}.{}", value.node.name.node);
        look(path, &value.node.description);
    }
}

#[test]
fn every_object_that_has_an_id_can_be_found_by_it_or_is_an_event_or_a_part() {
    for each in types() {
        let name = each.name.node.to_string();
        let TypeKind::Object(object) = each.kind else {
            continue;
        };
        let has_id = object
            .fields
            .iter()
            .any(|field| field.node.name.node == "id");
        let interfaces: Vec<String> = object
            .implements
            .iter()
            .map(|interface| interface.node.to_string())
            .collect();
        let known = interfaces
            .iter()
            .any(|each| ["Node", "ForumEvent", "CaseEvent"].contains(&each.as_str()));
        let parts = ["DraftChoices"];
        let is_part = name.ends_with("Viewer") || parts.contains(&name.as_str());
        assert!(
            !has_id || known || is_part,
            "{name} implements {interfaces:?}"
        );
    }
}

#[test]
fn only_what_can_be_found_by_its_id_calls_it_global() {
    for each in types() {
        let name = each.name.node.to_string();
        let (fields, interfaces) = match each.kind {
            TypeKind::Object(object) => (object.fields, object.implements),
            TypeKind::Interface(interface) => (interface.fields, interface.implements),
            _ => continue,
        };
        let is_node = name == "Node" || interfaces.iter().any(|each| each.node == "Node");
        for field in fields.iter().filter(|field| field.node.name.node == "id") {
            let said = field.node.description.as_ref();
            let is_global = said.is_some_and(|text| text.node.contains("global id"));
            assert_eq!(is_global, is_node, "{name}");
        }
    }
}

#[test]
fn every_object_is_kept_by_normalising_caches() {
    // Types without an id are pages, their entries, and payloads: no cache stores these by id.
    let kept_with_others = ["Connection", "Edge", "PageInfo", "Payload", "Presence"];
    for each in types() {
        let name = each.name.node.to_string();
        let TypeKind::Object(object) = each.kind else {
            continue;
        };
        let mut fields = object.fields.iter();
        let has_id = fields.any(|field| field.node.name.node == "id");
        let is_root = ["Query", "Mutation", "Subscription"].contains(&name.as_str());
        let kept = kept_with_others.iter().any(|end| name.ends_with(end));
        assert_eq!(has_id, !is_root && !kept, "{name}");
    }
}

#[test]
fn every_list_is_a_connection_or_of_a_closed_set_of_words() {
    let words: Vec<String> = types()
        .into_iter()
        .filter(|each| matches!(each.kind, TypeKind::Enum(_)))
        .map(|each| each.name.node.to_string())
        .collect();
    for each in types() {
        let name = each.name.node.to_string();
        let TypeKind::Object(object) = each.kind else {
            continue;
        };
        for field in object.fields {
            let kind = field.node.ty.node.to_string();
            let is_list = kind.starts_with('[');
            let of_words = words.iter().any(|word| kind == format!("[{word}!]!"));
            let word = field.node.name.node.to_string();
            let paged = name.ends_with("Connection") && ["edges", "nodes"].contains(&word.as_str());
            let by_ids = name == "Query" && word == "nodes";
            assert!(
                !is_list || paged || by_ids || of_words,
                "{name}.{} is {kind}",
                field.node.name.node
            );
        }
    }
}

#[test]
fn every_connection_counts_with_its_page_size() {
    let mut connections = Vec::new();
    for each in types() {
        let TypeKind::Object(object) = each.kind else {
            continue;
        };
        let fields = object.fields.into_iter().map(|field| field.node);
        connections.extend(
            fields
                .filter(|field| field.ty.node.to_string().contains("Connection"))
                .map(|field| field.name.node.to_string()),
        );
    }
    connections.sort();
    connections.dedup();
    assert_eq!(connections, CONNECTIONS);
}
