//! `#[derive(Refusal)]`: gives each variant of an enum its problem (RFC 9457).
//!
//! ```ignore
//! #[derive(Refusal)]
//! pub enum Refused {
//!     /// The total has changed.
//!     #[problem(409, "total-changed", "The total is {actual} now; show it and place the order again.")]
//!     TotalChanged { actual: Money },
//! }
//! ```
//!
//! The doc comment is the problem's title, the numbers and words of the attribute its status, code and detail. The
//! detail may name fields of the variant; every field also becomes a fact of the problem under its own name. A field
//! `retry_after_s: u32` is also sent as `Retry-After`.

use proc_macro2::TokenStream;
use quote::quote;
use syn::parse::{Parse, ParseStream};
use syn::{Data, DeriveInput, Error, Expr, ExprLit, Fields, Lit, LitInt, LitStr, Meta, Token, Variant};

/// Derives `kernel::Refusal`.
#[proc_macro_derive(Refusal, attributes(problem))]
pub fn refusal(input: proc_macro::TokenStream) -> proc_macro::TokenStream {
    let input = syn::parse_macro_input!(input as DeriveInput);
    expand(&input).unwrap_or_else(Error::into_compile_error).into()
}

/// `#[problem(status, "code", "detail")]`.
struct ProblemAttribute {
    status: LitInt,
    code: LitStr,
    detail: LitStr,
}

impl Parse for ProblemAttribute {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let status = input.parse()?;
        input.parse::<Token![,]>()?;
        let code = input.parse()?;
        input.parse::<Token![,]>()?;
        let detail = input.parse()?;
        input.parse::<Option<Token![,]>>()?;
        Ok(Self { status, code, detail })
    }
}

fn expand(input: &DeriveInput) -> syn::Result<TokenStream> {
    let Data::Enum(data) = &input.data else {
        return Err(Error::new_spanned(&input.ident, "a refusal is an enum: one variant a reason"));
    };
    let (mut arms, mut entries) = (Vec::new(), Vec::new());
    for variant in &data.variants {
        let (arm, entry) = expand_variant(variant)?;
        arms.push(arm);
        entries.push(entry);
    }
    let (name, (generics, arguments, bounds)) = (&input.ident, input.generics.split_for_impl());
    Ok(quote! {
        impl #generics ::kernel::Refusal for #name #arguments #bounds {
            fn problem(&self) -> ::kernel::Problem {
                match self { #(#arms)* }
            }

            fn entries() -> ::std::vec::Vec<::kernel::ProblemEntry> {
                ::std::vec![#(#entries),*]
            }
        }
    })
}

fn expand_variant(variant: &Variant) -> syn::Result<(TokenStream, TokenStream)> {
    let name = &variant.ident;
    let attribute = variant
        .attrs
        .iter()
        .find(|attribute| attribute.path().is_ident("problem"))
        .ok_or_else(|| Error::new_spanned(name, "say #[problem(status, \"code\", \"detail\")]"))?;
    let ProblemAttribute { status, code, detail } = attribute.parse_args()?;
    let title = title(variant)?;
    let fields: Vec<_> = match &variant.fields {
        Fields::Named(fields) => fields.named.iter().filter_map(|field| field.ident.as_ref()).collect(),
        Fields::Unit => Vec::new(),
        Fields::Unnamed(_) => {
            return Err(Error::new_spanned(name, "name the fields: they are facts of the problem"));
        }
    };
    let facts = fields.iter().map(|field| {
        let fact = field.to_string();
        match fact.as_str() {
            "retry_after_s" => quote! { .with(#fact, #field).retry_after(*#field) },
            _ => quote! { .with(#fact, #field) },
        }
    });
    let arm = quote! {
        Self::#name { #(#fields),* } =>
            ::kernel::Problem::new(#status, #code, #title, ::std::format!(#detail)) #(#facts)*,
    };
    Ok((arm, quote! { ::kernel::ProblemEntry { status: #status, code: #code, title: #title } }))
}

/// The variant's doc comment in one line, without the full stop.
fn title(variant: &Variant) -> syn::Result<String> {
    let lines: Vec<String> = variant
        .attrs
        .iter()
        .filter_map(|attribute| match &attribute.meta {
            Meta::NameValue(pair) if pair.path.is_ident("doc") => match &pair.value {
                Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) => Some(text.value().trim().to_owned()),
                _ => None,
            },
            _ => None,
        })
        .collect();
    if lines.is_empty() {
        return Err(Error::new_spanned(variant, "say in a doc comment what it means: it becomes the problem's title"));
    }
    Ok(lines.join(" ").trim_end_matches('.').to_owned())
}
