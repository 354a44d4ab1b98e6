//! Relay connections: pages of a list with a cursor for each entry.

use async_graphql::SimpleObject;

/// The position of a page in its list.
#[derive(SimpleObject, Clone)]
pub struct PageInfo {
    /// Whether entries follow this page. When paging backward: whether `before` was given.
    pub has_next_page: bool,
    /// Whether entries precede this page. When paging forward: whether `after` was given.
    pub has_previous_page: bool,
    /// The cursor of the first entry on this page; null when there is none.
    pub start_cursor: Option<String>,
    /// The cursor of the last entry on this page; null when there is none.
    pub end_cursor: Option<String>,
}

impl PageInfo {
    /// The page info of a page whose entries have these cursors.
    pub fn of(cursors: &[String], has_previous: bool, has_next: bool) -> PageInfo {
        PageInfo {
            has_next_page: has_next,
            has_previous_page: has_previous,
            start_cursor: cursors.first().cloned(),
            end_cursor: cursors.last().cloned(),
        }
    }
}

/// Declares the edge and the connection of a node.
macro_rules! connection {
    ($what:literal, $node:ty, $edge:ident, $connection:ident) => {
        #[doc = concat!("An entry in a list of ", $what, ".")]
        #[derive(async_graphql::SimpleObject)]
        pub struct $edge {
            /// The cursor of this entry; pass it as `after` or `before`.
            pub cursor: String,
            /// The entry itself.
            pub node: $node,
        }

        #[doc = concat!("A page of a list of ", $what, ".")]
        #[derive(async_graphql::SimpleObject)]
        #[graphql(complex)]
        pub struct $connection {
            /// The entries of this page, in the order of the list, each with its cursor.
            pub edges: Vec<$edge>,
            /// The position of this page in the list.
            pub page_info: crate::graph::connection::PageInfo,
        }

        #[async_graphql::ComplexObject]
        impl $connection {
            /// The entries of this page, for clients that need no cursors.
            async fn nodes(&self) -> Vec<&$node> {
                self.edges.iter().map(|edge| &edge.node).collect()
            }
        }

        impl $connection {
            /// The page in its GraphQL form.
            pub fn of(page: crate::base::page::Page<$node>) -> $connection {
                let (edges, page_info) =
                    crate::graph::connection::edges(page, |cursor, node| $edge { cursor, node });
                $connection { edges, page_info }
            }
        }
    };
}

pub(crate) use connection;

/// The edges of a page and its page info.
pub fn edges<T, E>(
    page: crate::base::page::Page<T>,
    make: impl Fn(String, T) -> E,
) -> (Vec<E>, PageInfo) {
    let cursors: Vec<String> = page
        .entries
        .iter()
        .map(|(key, _)| crate::base::page::encode(key))
        .collect();
    let mut info = PageInfo::of(&cursors, page.has_previous, page.has_next);
    if let (true, Some((start, end))) = (cursors.is_empty(), &page.bounds) {
        info.start_cursor = Some(crate::base::page::encode(start));
        info.end_cursor = Some(crate::base::page::encode(end));
    }
    let edges = cursors
        .into_iter()
        .zip(page.entries)
        .map(|(cursor, (_, node))| make(cursor, node))
        .collect();
    (edges, info)
}
