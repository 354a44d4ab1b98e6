//! Macros that the GraphQL executor does not provide.

use proc_macro::TokenStream;
use proc_macro2::Span;
use quote::ToTokens;
use syn::Error;
use syn::FnArg;
use syn::Ident;
use syn::ImplItem;
use syn::ImplItemFn;
use syn::ItemImpl;
use syn::PatType;
use syn::Type;
use syn::parse_macro_input;
use syn::parse_quote;

/// Gives the lists of an `#[Object]` the arguments of a Relay connection. Place it above `#[Object]`.
///
/// A parameter `window: Window` becomes the arguments `first`, `after`, `last` and `before`. `Window::read` checks and reads
/// them before the rest of the body.
///
/// ```ignore
/// #[connections]
/// #[Object]
/// impl Forum {
///     /// The posts of the forum, the newest first.
///     async fn posts(&self, ctx: &Context<'_>, window: Window) -> Result<PostConnection> { … }
/// }
/// ```
#[proc_macro_attribute]
pub fn connections(arguments: TokenStream, item: TokenStream) -> TokenStream {
    let mut block = parse_macro_input!(item as ItemImpl);
    if !arguments.is_empty() {
        let misplaced = Error::new(Span::call_site(), "`connections` takes no arguments");
        return misplaced.to_compile_error().into();
    }
    let mut lists = 0;
    for item in &mut block.items {
        if let ImplItem::Fn(method) = item {
            lists += usize::from(expand(method));
        }
    }
    if lists == 0 {
        let idle = Error::new(
            Span::call_site(),
            "no method has a parameter `window: Window`",
        );
        return idle.to_compile_error().into();
    }
    block.into_token_stream().into()
}

/// Replaces the window by the four arguments; returns whether there is a window.
fn expand(method: &mut ImplItemFn) -> bool {
    let inputs = &method.sig.inputs;
    let found = inputs.iter().enumerate();
    let mut found = found.filter_map(|(place, input)| Some((place, window(input)?)));
    let Some((place, PatType { pat, ty, .. })) = found.next() else {
        return false;
    };
    let read = parse_quote! {
        let #pat: #ty = <#ty>::read(first, after, last, before)?;
    };
    let before = inputs.iter().take(place).cloned();
    let after = inputs.iter().skip(place + 1).cloned();
    method.sig.inputs = before.chain(arguments()).chain(after).collect();
    method.block.stmts.insert(0, read);
    true
}

/// A parameter of the type `Window`.
fn window(input: &FnArg) -> Option<&PatType> {
    let FnArg::Typed(input) = input else {
        return None;
    };
    let is_window = matches!(input.ty.as_ref(), Type::Path(ty) if ty.path.is_ident("Window"));
    is_window.then_some(input)
}

/// The arguments of a connection, as the schema describes them.
fn arguments() -> [FnArg; 4] {
    let argument = |name: &str, description: &str, ty: Type| -> FnArg {
        let name = Ident::new(name, Span::call_site());
        parse_quote!(#[graphql(desc = #description)] #name: #ty)
    };
    let count = || parse_quote!(::core::option::Option<i32>);
    let cursor = || parse_quote!(::core::option::Option<::std::string::String>);
    [
        argument(
            "first",
            "How many entries from the start: 0 to 100; 25 when neither `first` nor `last` is given.",
            count(),
        ),
        argument("after", "Only entries after this cursor.", cursor()),
        argument(
            "last",
            "How many entries from the end: 0 to 100; not together with `first`.",
            count(),
        ),
        argument("before", "Only entries before this cursor.", cursor()),
    ]
}
