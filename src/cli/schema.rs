//! `partage schema`.

/// Prints the GraphQL schema.
#[expect(clippy::print_stdout, reason = "the command's answer")]
pub fn run() {
    print!("{}", crate::graph::sdl::text());
}
