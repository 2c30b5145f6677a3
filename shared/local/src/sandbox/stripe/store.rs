//! The sandbox's state: named values, a counter, and timers.

use kernel::Timestamp;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

const COUNTER: &str = "counter";
const TIMER: &str = "timer/";

/// Named values.
#[derive(Default)]
pub struct Store {
    values: BTreeMap<String, Value>,
    changed: BTreeSet<String>,
    /// Timers by their time, from the values.
    timers: BTreeSet<(i64, u64)>,
}

/// Something that is to happen.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Timer {
    /// When.
    pub at: Timestamp,
    /// What.
    pub what: What,
}

/// What is to happen.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum What {
    /// An event is to be delivered, which was tried this often.
    Deliver {
        /// Which event.
        event: String,
        /// How often it was tried.
        tries: u32,
    },
    /// The bank decides on a refund.
    SettleRefund {
        /// Which refund.
        refund: String,
    },
}

impl Store {
    /// A store in this state.
    pub fn restored(state: Vec<(String, Value)>) -> Result<Self, String> {
        let values: BTreeMap<String, Value> = state.into_iter().collect();
        let mut store = Self { values, ..Self::default() };
        for (name, value) in store.all(TIMER) {
            let number = name[TIMER.len()..].parse().map_err(|_| format!("{name} is no timer"))?;
            let timer: Timer = serde_json::from_value(value.clone()).map_err(|error| error.to_string())?;
            store.timers.insert((timer.at.as_millis(), number));
        }
        Ok(store)
    }

    /// What changed since this was last asked.
    pub fn changes(&mut self) -> Vec<(String, Option<Value>)> {
        let changed = std::mem::take(&mut self.changed);
        changed.into_iter().map(|name| (name.clone(), self.values.get(&name).cloned())).collect()
    }

    /// The value of this name.
    pub fn get<T: DeserializeOwned>(&self, name: &str) -> Option<T> {
        serde_json::from_value(self.values.get(name)?.clone()).ok()
    }

    /// Sets a value.
    pub fn put<T: Serialize>(&mut self, name: &str, value: &T) {
        // Plain data always serializes.
        let value = serde_json::to_value(value).unwrap_or_default();
        self.values.insert(name.to_owned(), value);
        self.changed.insert(name.to_owned());
    }

    /// The values whose names begin like this, by name.
    pub fn all(&self, prefix: &str) -> Vec<(String, Value)> {
        let from = self.values.range(prefix.to_owned()..);
        let these = from.take_while(|(name, _)| name.starts_with(prefix));
        these.map(|(name, value)| (name.clone(), value.clone())).collect()
    }

    /// The same, as far as they read as `T`.
    pub fn each<T: DeserializeOwned>(&self, prefix: &str) -> Vec<T> {
        self.all(prefix).into_iter().filter_map(|(_, value)| serde_json::from_value(value).ok()).collect()
    }

    /// A number that was never given before.
    pub fn count(&mut self) -> u64 {
        let next = self.get::<u64>(COUNTER).unwrap_or(0) + 1;
        self.put(COUNTER, &next);
        next
    }

    /// Sets a new timer.
    pub fn set_timer(&mut self, at: Timestamp, what: What) {
        let number = self.count();
        self.put_timer(number, &Timer { at, what });
    }

    /// Sets timer `number` anew.
    pub fn put_timer(&mut self, number: u64, timer: &Timer) {
        self.drop_timer(number);
        self.timers.insert((timer.at.as_millis(), number));
        self.put(&format!("{TIMER}{number}"), timer);
    }

    /// The timer of this number.
    pub fn timer(&self, number: u64) -> Option<Timer> {
        self.get(&format!("{TIMER}{number}"))
    }

    /// Ends a timer.
    pub fn drop_timer(&mut self, number: u64) {
        let name = format!("{TIMER}{number}");
        if let Some(timer) = self.timer(number) {
            self.timers.remove(&(timer.at.as_millis(), number));
            self.values.remove(&name);
            self.changed.insert(name);
        }
    }

    /// The first timer of this kind whose time has come.
    pub fn due(&self, now: Timestamp, wanted: impl Fn(&What) -> bool) -> Option<(u64, Timer)> {
        let due = self.timers.iter().take_while(|(at, _)| *at <= now.as_millis());
        let mut due = due.filter_map(|(_, number)| Some((*number, self.timer(*number)?)));
        due.find(|(_, timer)| wanted(&timer.what))
    }

    /// When the next timer is due.
    pub fn next_timer(&self) -> Option<Timestamp> {
        self.timers.first().map(|(at, _)| Timestamp::from_millis(*at))
    }
}
