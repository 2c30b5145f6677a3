//! What a function declares by its signature, for tools: manifest, OpenAPI, AsyncAPI, samples, authorization matrix.

use contracts::{Consumed, Published, Question};
use kernel::{ProblemEntry, Role};
use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, Schema, SchemaGenerator};

/// What a function may do to its context's table.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Default)]
pub enum Access {
    /// Nothing.
    #[default]
    None,
    /// Read items.
    Read,
    /// Read and write items.
    ReadWrite,
}

/// Who may call a function over HTTP.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Caller {
    /// Anybody.
    Anyone,
    /// Who is signed in.
    SignedIn,
    /// Who has this role.
    Role(Role),
    /// A manager or an auditor.
    Overseer,
    /// Quality or a manager.
    Inspector,
}

impl Caller {
    /// As the manifest writes it.
    pub fn name(self) -> &'static str {
        match self {
            Caller::Anyone => "anyone",
            Caller::SignedIn => "signed-in",
            Caller::Role(role) => role.name(),
            Caller::Overseer => "manager-or-auditor",
            Caller::Inspector => "quality-or-manager",
        }
    }
}

/// What a function declares.
pub struct Description {
    /// Collects the schemas that several functions share.
    pub generator: SchemaGenerator,
    /// Who may call; `None` for functions that are not called over HTTP.
    pub caller: Option<Caller>,
    /// Whether requests need an `Idempotency-Key`.
    pub idempotency_key: bool,
    /// Whether requests may carry `If-Match`.
    pub if_match: bool,
    /// The schema of the path's parameter.
    pub path_parameter: Option<Schema>,
    /// The schema of the request's body.
    pub body: Option<Schema>,
    /// An example of the body.
    pub body_example: Option<serde_json::Value>,
    /// The schema of the query string, an object.
    pub query: Option<Schema>,
    /// Whether the body is whatever its sender signs.
    pub raw_body: bool,
    /// Status and schema of the reply; no schema for an empty one.
    pub reply: Option<(u16, Option<Schema>)>,
    /// Its refusals.
    pub problems: Vec<ProblemEntry>,
    /// What it may do to its table.
    pub table: Access,
    /// The events it consumes: type and schema.
    pub consumes: Vec<(&'static str, Schema)>,
    /// The events it publishes: type and schema.
    pub publishes: Vec<(&'static str, Schema)>,
    /// Whether it may walk through its whole table.
    pub walks: bool,
    /// Whether it parks what it cannot announce.
    pub parks: bool,
    /// Whether it signs tokens, or shows the keys that do.
    pub signs: bool,
    /// The functions it asks.
    pub asks: Vec<&'static str>,
    /// The question it answers: schema and example.
    pub question: Option<Schema>,
    /// The buckets into which it lets people put objects.
    pub puts_into: Vec<&'static str>,
    /// The buckets at whose objects it looks.
    pub looks_into: Vec<&'static str>,
    /// The secrets it reads.
    pub secrets: Vec<&'static str>,
    /// The ways it sends messages to people: email, sms.
    pub sends: Vec<&'static str>,
    /// Whether it calls addresses that others name.
    pub calls_anybody: bool,
    /// The partners it calls.
    pub partners: Vec<&'static str>,
    /// What those partners' webhooks are to bring.
    pub subscribes: Vec<(&'static str, &'static [&'static str])>,
    /// The business figures it goes by, with their defaults.
    pub figures: Vec<(&'static str, &'static str)>,
    /// Those of them that limit how many requests one network may send.
    pub limits: Vec<&'static str>,
    /// Further settings it reads.
    pub settings: Vec<&'static str>,
}

impl Default for Description {
    fn default() -> Self {
        Self {
            generator: SchemaSettings::draft2020_12()
                .with(|settings| settings.definitions_path = "/components/schemas".into())
                .into_generator(),
            caller: None,
            idempotency_key: false,
            if_match: false,
            path_parameter: None,
            body: None,
            body_example: None,
            reply: None,
            problems: Vec::new(),
            table: Access::None,
            consumes: Vec::new(),
            publishes: Vec::new(),
            query: None,
            raw_body: false,
            walks: false,
            parks: false,
            signs: false,
            asks: Vec::new(),
            question: None,
            puts_into: Vec::new(),
            looks_into: Vec::new(),
            secrets: Vec::new(),
            sends: Vec::new(),
            calls_anybody: false,
            partners: Vec::new(),
            subscribes: Vec::new(),
            figures: Vec::new(),
            limits: Vec::new(),
            settings: Vec::new(),
        }
    }
}

impl Description {
    pub(crate) fn caller(&mut self, caller: Caller) {
        self.caller = Some(caller);
        if caller != Caller::Anyone {
            self.problem(401, "token-invalid", "The access token is missing, expired or not for this API");
        }
        if matches!(caller, Caller::Role(_) | Caller::Overseer | Caller::Inspector) {
            self.problem(403, "role-missing", "The caller may not do this");
        }
    }

    pub(crate) fn idempotency_key(&mut self) {
        self.idempotency_key = true;
        self.problem(400, "idempotency-key-missing", "The Idempotency-Key is missing or malformed");
        self.problem(422, "idempotency-key-reused", "The Idempotency-Key was used for another request");
    }

    pub(crate) fn limited(&mut self, limit: (&'static str, &'static str), code: &'static str, title: &'static str) {
        self.figures.push(limit);
        self.limits.push(limit.0);
        self.problem(429, code, title);
    }

    pub(crate) fn if_match(&mut self) {
        self.if_match = true;
        self.problem(412, "version-changed", "It is at another version");
    }

    pub(crate) fn path_parameter<T: JsonSchema>(&mut self) {
        self.path_parameter = Some(self.generator.subschema_for::<T>());
        self.problem(404, "not-found", "There is nothing here");
    }

    pub(crate) fn body<T: JsonSchema>(&mut self) {
        let examples = T::json_schema(&mut self.generator).get("examples").cloned();
        self.body_example = examples.and_then(|examples| examples.get(0).cloned());
        self.body = Some(self.generator.subschema_for::<T>());
        self.problem(400, "invalid-body", "The body is not as described");
        self.problem(415, "media-type", "The body is of another media type");
    }

    pub(crate) fn reply<T: JsonSchema>(&mut self, status: u16) {
        self.reply = Some((status, Some(self.generator.subschema_for::<T>())));
    }

    pub(crate) fn empty_reply(&mut self) {
        self.reply = Some((204, None));
    }

    pub(crate) fn query<T: JsonSchema>(&mut self) {
        let query = T::json_schema(&mut self.generator);
        // About whom the caller may not ask, there is nothing.
        if query.get("properties").is_some_and(|properties| properties.get("person").is_some()) {
            self.problem(404, "not-found", "There is nothing here");
        }
        self.query = Some(query);
        self.problem(400, "invalid-query", "The query is not as described");
    }

    pub(crate) fn raw_body(&mut self) {
        self.raw_body = true;
        self.problem(400, "invalid-body", "The body is not as described");
    }

    pub(crate) fn answers<Q: Question>(&mut self) {
        self.question = Some(self.generator.root_schema_for::<Q>());
    }

    pub(crate) fn problems(&mut self, entries: Vec<ProblemEntry>) {
        self.problems.extend(entries);
        self.problem(500, "internal", "An unexpected error");
        self.problem(503, "try-again", "The service is busy");
    }

    pub(crate) fn reads_table(&mut self) {
        self.table = self.table.max(Access::Read);
    }

    pub(crate) fn writes_table(&mut self) {
        self.table = Access::ReadWrite;
    }

    pub(crate) fn consumes<E: Consumed>(&mut self) {
        self.consumes.extend(E::catalogue(&mut self.generator));
    }

    pub(crate) fn publishes<P: Published>(&mut self) {
        self.publishes = P::catalogue(&mut self.generator);
    }

    fn problem(&mut self, status: u16, code: &'static str, title: &'static str) {
        self.problems.push(ProblemEntry { status, code, title });
    }
}
