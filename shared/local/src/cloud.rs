//! The embedded cloud's state: tables, event plane, messages sent, partners; and who may call what.

use crate::directory::Directory;
use crate::journal::Journal;
use crate::keys::SigningKey;
use crate::outside::{Answer, OutsideCall, Service};
use crate::plane::{Consumer, Plane, StreamRecord};
use crate::rights::Rights;
use crate::sandbox::Sandboxes;
use crate::sent::Sent;
use crate::services::{self, kms, lambda, s3, secrets, ses, sns};
use crate::tables::{self, PAGE, Table};
use dynoxide::Database;
use dynoxide::actions::scan::ScanRequest;
use kernel::Timestamp;
use platform::describe::Description;
use platform::function::Trigger;
use platform::http::Rate;
use platform::settings::{
    AUDIENCE, EPOCH, FIRST_ADMIN, FUNCTIONS, ISSUER, MAIL_EVENTS, MAIL_FROM, PARKING, SECRETS, SIGNING_KEYS, Settings,
    TABLE, TOPIC,
};
use platform::{Context, Function, Item};
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

pub use crate::direct::{Direct, Invoke};

/// The audience of tokens.
pub const API: &str = "yarmarka";

/// A function with what it declares.
pub struct Deployed {
    /// The function.
    pub function: Function,
    /// What its signature lets it do.
    pub rights: Rights,
    /// The events it consumes.
    pub consumes: Vec<&'static str>,
}

/// The cloud.
pub struct Cloud {
    /// Every function by name.
    pub functions: BTreeMap<&'static str, Deployed>,
    /// Every context.
    pub contexts: Vec<&'static str>,
    tables: BTreeMap<&'static str, Table>,
    plane: Mutex<Plane>,
    key: SigningKey,
    secrets: Mutex<secrets::Secrets>,
    objects: Mutex<s3::Objects>,
    sent: Mutex<Sent>,
    sandboxes: Mutex<Sandboxes>,
    directory: Mutex<Directory>,
    figures: Mutex<BTreeMap<String, String>>,
    issuer: String,
}

impl Cloud {
    /// A cloud that lives as long as its process, for tests and simulations, with `shards` shards a stream.
    pub fn in_memory(contexts: Vec<Context>, shards: usize) -> Result<Self, String> {
        // Databases in memory are shared by their names within a process.
        static CLOUDS: AtomicU64 = AtomicU64::new(0);
        let cloud = CLOUDS.fetch_add(1, Ordering::Relaxed);
        let key = SigningKey::shared()?;
        Self::build(contexts, shards, "https://local/".to_owned(), key, None, |context| {
            Table::open(&format!("file:cloud-{cloud}-{}?mode=memory&cache=shared", context.name), context)
        })
    }

    /// A cloud whose state is kept in `folder`, one file a context.
    pub fn on_disk(contexts: Vec<Context>, folder: &Path, issuer: &str) -> Result<Self, String> {
        std::fs::create_dir_all(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
        let journal = Journal::open(&folder.join("event-plane.sqlite"))?;
        let key = SigningKey::kept_in(folder)?;
        Self::build(contexts, 1, issuer.to_owned(), key, Some(journal), |context| {
            Table::open(&folder.join(format!("{}.sqlite", context.name)).to_string_lossy(), context)
        })
    }

    fn build(
        contexts: Vec<Context>,
        shards: usize,
        issuer: String,
        key: SigningKey,
        journal: Option<Journal>,
        open: impl Fn(&Context) -> Result<Table, String>,
    ) -> Result<Self, String> {
        let (mut functions, mut tables, mut names) = (BTreeMap::new(), BTreeMap::new(), Vec::new());
        let mut subscriptions = BTreeMap::new();
        for context in contexts {
            tables.insert(context.name, open(&context)?);
            names.push(context.name);
            for function in context.functions {
                let mut declared = Description::default();
                (function.describe)(&mut declared);
                let consumes = declared.consumes.iter().map(|(kind, _)| *kind).collect();
                let rights = Rights::of(&declared);
                subscriptions.extend(declared.subscribes);
                functions.insert(function.name, Deployed { function, rights, consumes });
            }
        }
        let consumers: Vec<Consumer> = functions.values().filter_map(consumer).collect();
        let journal = journal.map(|journal| Arc::new(Mutex::new(journal)));
        let sent = Mutex::new(Sent::new(journal.clone())?);
        let mut sandboxes = Sandboxes::of_all(journal.clone())?;
        subscriptions.into_iter().for_each(|(partner, types)| sandboxes.subscribe(partner, types));
        let plane = Mutex::new(Plane::new(&consumers, &names, shards, journal)?);
        let (secrets, objects, figures) = (Mutex::default(), Mutex::default(), Mutex::default());
        let sandboxes = Mutex::new(sandboxes);
        let contexts = names;
        Ok(Self {
            functions,
            contexts,
            tables,
            plane,
            key,
            secrets,
            objects,
            sent,
            sandboxes,
            directory: Mutex::default(),
            figures,
            issuer,
        })
    }

    /// The issuer of tokens.
    pub fn issuer(&self) -> &str {
        &self.issuer
    }

    /// The key that signs tokens.
    pub fn key(&self) -> &SigningKey {
        &self.key
    }

    /// The event plane.
    pub fn plane(&self) -> MutexGuard<'_, Plane> {
        lock(&self.plane)
    }

    /// The secrets, to set some.
    pub fn secrets(&self) -> MutexGuard<'_, secrets::Secrets> {
        lock(&self.secrets)
    }

    /// What is in object storage.
    pub fn objects(&self) -> MutexGuard<'_, s3::Objects> {
        lock(&self.objects)
    }

    /// E-mails and text messages that were sent.
    pub fn sent(&self) -> MutexGuard<'_, Sent> {
        lock(&self.sent)
    }

    /// The partners' sandboxes.
    pub fn sandboxes(&self) -> MutexGuard<'_, Sandboxes> {
        lock(&self.sandboxes)
    }

    /// Who answers on the public internet, and what came to them.
    pub fn directory(&self) -> MutexGuard<'_, Directory> {
        lock(&self.directory)
    }

    /// Sets a setting of every function that is started from now on: a business figure, the first admin.
    pub fn set(&self, name: &str, value: &str) {
        lock(&self.figures).insert(name.to_owned(), value.to_owned());
    }

    /// The settings of a cloud on somebody's own machine: whoever verifies this address first is the admin, and there
    /// are no rate limits, since all requests come from one network.
    pub fn on_a_desk(&self, first_admin: &str) {
        self.set(FIRST_ADMIN, first_admin);
        for limit in self.functions.values().flat_map(|deployed| &deployed.rights.limits) {
            self.set(limit, Rate::UNLIMITED);
        }
    }

    /// The table of a context, to look at.
    pub fn table(&self, context: &str) -> Option<&Database> {
        self.tables.get(context).map(Table::database)
    }

    /// Every item of a kind in the table of a context: for checks that compare everything with everything.
    pub fn items<T: Item>(&self, context: &str) -> Result<Vec<T>, String> {
        let table = self.table(context).ok_or_else(|| format!("there is no context {context}"))?;
        let (mut items, mut from) = (Vec::new(), None);
        loop {
            let request = ScanRequest {
                table_name: context.to_owned(),
                exclusive_start_key: from,
                ..ScanRequest::default()
            };
            let page = table.scan(request).map_err(|error| error.to_string())?;
            for item in page.items.unwrap_or_default() {
                let item = serde_json::to_value(&item).map_err(|error| error.to_string())?;
                let kind = item["sk"]["S"].as_str().and_then(|sk| sk.split('#').next());
                if kind == Some(T::KIND) {
                    items.push(platform::table::read_item(&item).map_err(|error| error.to_string())?);
                }
            }
            from = page.last_evaluated_key;
            if from.is_none() {
                return Ok(items);
            }
        }
    }

    /// A function by name.
    pub fn function(&self, name: &str) -> Option<&Function> {
        self.functions.get(name).map(|deployed| &deployed.function)
    }

    /// The relay of a context.
    pub fn relay_of(&self, context: &str) -> Option<&Function> {
        let mut functions = self.functions.values().map(|deployed| &deployed.function);
        functions.find(|function| function.context == context && function.trigger == Trigger::Stream)
    }

    /// What a function is told at deployment.
    pub fn settings(&self, function: &Function) -> Settings {
        let mut settings: BTreeMap<String, String> = [
            (TABLE, function.context.to_owned()),
            (TOPIC, topic(function.context)),
            (EPOCH, "1".to_owned()),
            (ISSUER, self.issuer.clone()),
            (AUDIENCE, API.to_owned()),
            (FUNCTIONS, lambda::PREFIX.to_owned()),
            (SECRETS, secrets::PREFIX.to_owned()),
            (PARKING, s3::PARKING.to_owned()),
            (SIGNING_KEYS, kms::KEY.to_owned()),
            (MAIL_FROM, "Yarmarka <shop@example.com>".to_owned()),
            (MAIL_EVENTS, ses::FEEDBACK.to_owned()),
        ]
        .map(|(name, value)| (name.to_owned(), value))
        .into();
        let deployed = self.functions.get(function.name).into_iter();
        settings.extend(deployed.flat_map(|deployed| deployed.rights.settings(&self.issuer)));
        settings.extend(lock(&self.figures).clone());
        Settings::new(settings)
    }

    /// Answers a call at once. Invocations of other functions are for whoever runs them.
    pub fn answer(&self, call: &OutsideCall, now: Timestamp) -> Answer {
        let Some(deployed) = self.functions.get(call.function) else {
            return services::denied(call.service, "no such function");
        };
        if let Err(reason) = deployed.rights.allow(call) {
            return services::denied(call.service, &format!("{}: {reason}", call.function));
        }
        match call.service {
            Service::DynamoDb => self.dynamodb(deployed, call),
            Service::Kms => kms::answer(&self.key, &call.operation, &call.body),
            Service::Lambda => lambda::answered(None),
            Service::Partner => self.sandboxes().answer(call, now),
            Service::Public => self.directory().answer(call, now),
            Service::S3 => self.objects().answer(&call.operation, &call.target, &call.body),
            Service::Secrets => self.secrets().answer(&call.operation, &call.body),
            Service::Ses => self.email(call, now),
            Service::Sns if call.operation == "Publish" => self.text(call, now),
            Service::Sns => self.publish(call, now, &[]),
        }
    }

    /// Answers a `PublishBatch` of which the entries `failed` are not taken.
    pub fn publish(&self, call: &OutsideCall, now: Timestamp, failed: &[usize]) -> Answer {
        let batch = match sns::read(&call.operation, &call.body) {
            Ok(batch) => batch,
            Err(refused) => return refused,
        };
        let context = self.function(call.function).map(|function| function.context).unwrap_or_default();
        if batch.topic != topic(context) {
            return sns::error("AuthorizationError", "this topic is another context's");
        }
        for (n, entry) in batch.entries.iter().enumerate() {
            if failed.contains(&n) {
                continue;
            }
            if let Err(reason) = self.plane().publish(&entry.kind, &entry.message, now) {
                return sns::error("InternalError", &reason);
            }
        }
        sns::published(&batch, failed)
    }

    fn dynamodb(&self, deployed: &Deployed, call: &OutsideCall) -> Answer {
        let context = deployed.function.context;
        let names_own_table_only = serde_json::from_slice(&call.body)
            .is_ok_and(|request: Value| tables::named(&request).iter().all(|table| table == context));
        match self.tables.get(context) {
            Some(table) if names_own_table_only => table.answer(&call.operation, &call.body),
            _ => services::denied(call.service, "this table is another context's"),
        }
    }

    /// Takes an e-mail, and tells its topic what became of it.
    fn email(&self, call: &OutsideCall, now: Timestamp) -> Answer {
        let email = match ses::read(&call.body) {
            Ok(email) => email,
            Err(refused) => return refused,
        };
        let stored = self.sent().email(&email, now);
        let told = stored.and_then(|id| {
            let notice = ses::notice(&email, &id, now).to_string();
            self.plane().publish(&foreign(ses::FEEDBACK), &notice, now).map(|()| id)
        });
        match told {
            Ok(id) => ses::accepted(&id),
            Err(reason) => Answer::new(500, reason),
        }
    }

    fn text(&self, call: &OutsideCall, now: Timestamp) -> Answer {
        match sns::read_text(&call.body).map(|(number, text)| self.sent().text(&number, &text, now)) {
            Ok(Ok(id)) => sns::texted(&id),
            Ok(Err(reason)) => sns::error("InternalError", &reason),
            Err(refused) => refused,
        }
    }

    /// Reads a context's stream into the plane: all of it, or until the relay has plenty to do.
    pub fn read_stream(&self, context: &'static str) -> Result<(), String> {
        self.read_stream_and(context, |_| {})
    }

    /// [`Cloud::read_stream`], and a look at each record.
    pub fn read_stream_and(&self, context: &'static str, mut look: impl FnMut(&StreamRecord)) -> Result<(), String> {
        let Some(table) = self.tables.get(context) else {
            return Ok(());
        };
        let mut plane = self.plane();
        loop {
            let records = table.read_stream(context, plane.read_to(context))?;
            let is_last = records.len() < PAGE;
            records.iter().for_each(&mut look);
            plane.add_records(context, records);
            let unread: usize = plane.filled_shards(context).iter().map(|(_, records)| records).sum();
            if is_last || unread >= PAGE {
                return Ok(());
            }
        }
    }

    /// Lets a table's stream forget what its relay is done with.
    pub fn trim_stream(&self, context: &str) -> Result<(), String> {
        let Some(table) = self.tables.get(context) else {
            return Ok(());
        };
        let done = self.plane().done_to(context);
        table.trim_stream(context, done)
    }
}

/// The queue of a function, if it has one.
fn consumer(deployed: &Deployed) -> Option<Consumer> {
    let kinds = match deployed.function.trigger {
        Trigger::Events => deployed.consumes.iter().map(|kind| (*kind).to_owned()).collect(),
        Trigger::Foreign { topic } => vec![foreign(topic)],
        _ => return None,
    };
    Some(Consumer {
        function: deployed.function.name,
        kinds,
        delay: deployed.function.delay,
    })
}

/// The ARN of a context's topic.
pub fn topic(context: &str) -> String {
    format!("arn:aws:sns:us-east-1:000000000000:{context}")
}

/// What the plane calls the notices of another service's topic.
pub fn foreign(topic: &str) -> String {
    format!("topic {topic}")
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Cloud {
    /// The function that a call invokes, if it may.
    pub fn invoked(&self, call: &OutsideCall) -> Result<&'static str, Answer> {
        let allowed = self.functions.get(call.function).map(|deployed| deployed.rights.allow(call));
        if let Some(Err(reason)) = allowed {
            return Err(services::denied(call.service, &reason));
        }
        let target = lambda::target(&call.target).and_then(|name| self.functions.get(name));
        target.map(|deployed| deployed.function.name).ok_or_else(|| lambda::unknown(&call.target))
    }
}
