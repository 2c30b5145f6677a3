//! A person says about which readings they want to be told, and of which silence.
//!
//! Called by the person; replaces all that was said before. What is raised already stays so until its readings are well
//! again by the new rule, or stop; without a rule nothing is looked at.

use crate::alarm::{Rules, Side, Threshold};
use crate::channel::Channel;
use crate::silence::Silence;
use crate::store::rules_key;
use derive::Refusal;
use kernel::{Count, List};
use platform::http::{self, Json, SignedIn};
use platform::{Decision, Failure, Function, Stored, Table};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// All that the person wants to be told about.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(example = serde_json::json!({"thresholds": [{
    "channel": "heart-rate", "side": "above", "limit": 180, "margin": 10, "lasting_s": 30, "cool_down_s": 600,
}], "silence": {"after_s": 600, "cool_down_s": 3600}}))]
pub struct AlertRules {
    /// At most one a channel.
    pub thresholds: List<AlertThreshold, 0, 11>,
    /// Of any device that was sending: set it when a session begins, and take it out when it ends. Absent: nobody listens.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub silence: Option<AlertSilence>,
}

/// When a silent device calls for attention.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AlertSilence {
    /// For how many seconds no reading is to have come. It is told up to six minutes later.
    pub after_s: Count<300, 86_400>,
    /// For how many seconds no alert follows the end of one.
    pub cool_down_s: Count<60, 86_400>,
}

/// When a channel's readings call for attention.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AlertThreshold {
    /// The channel.
    pub channel: Channel,
    /// On which side of the limit.
    pub side: Side,
    /// The limit, in the unit in which readings are given out.
    pub limit: i64,
    /// How far on this side of the limit readings are to be until the alert is over, in that unit.
    pub margin: Count<0, 100_000>,
    /// For how many seconds readings are to be beyond the limit, without a gap of more than a minute.
    pub lasting_s: Count<0, 3600>,
    /// For how many seconds no alert follows the end of one.
    pub cool_down_s: Count<60, 86_400>,
}

/// Why rules are not set.
#[derive(Debug, Refusal)]
pub enum Refused {
    /// A channel has several rules.
    #[problem(422, "channel-twice", "{channel} has several rules. Send one for each channel.")]
    ChannelTwice {
        /// The channel.
        channel: &'static str,
    },
    /// A limit is one that no reading can pass.
    #[problem(
        422,
        "limit-impossible",
        "Readings of {channel} are from {lowest} to {highest} {unit}. Send a limit in between."
    )]
    LimitImpossible {
        /// The channel.
        channel: &'static str,
        /// The lowest that can be.
        lowest: i64,
        /// The highest that can be.
        highest: i64,
        /// The unit of these.
        unit: &'static str,
    },
}

/// `PUT /v1/alert-rules`
pub fn function() -> Function {
    http::put("/v1/alert-rules", set_alert_rules)
}

/// Notes the rules.
pub async fn set_alert_rules(
    caller: SignedIn,
    Json(request): Json<AlertRules>,
    sensors: Table,
) -> Result<http::Ok<AlertRules>, Failure<Refused>> {
    let mut channels = BTreeSet::new();
    for AlertThreshold { channel, limit, .. } in request.thresholds.iter() {
        if !channels.insert(*channel) {
            return Err(Refused::ChannelTwice { channel: channel.name() }.into());
        }
        if !channel.possible().contains(limit) {
            let (lowest, highest) = channel.possible().into_inner();
            let (channel, unit) = (channel.name(), channel.unit());
            return Err(Refused::LimitImpossible { channel, lowest, highest, unit }.into());
        }
    }
    let thresholds: Vec<Threshold> = request.thresholds.iter().map(|rule| Threshold::from(*rule)).collect();
    let silence = request.silence.map(Silence::from);
    let rules = Rules { person: caller.account, thresholds, silence };
    let set = sensors
        .change(&rules_key(caller.account), |found: Option<&Stored<Rules>>| {
            let known = found.is_some_and(|found| found.value == rules);
            Ok(if known { Decision::Keep } else { Decision::To(rules.clone(), Vec::new()) })
        })
        .await?
        .ok_or_else(http::not_found)?;
    Ok(http::Ok::at(set.version, request))
}

impl From<AlertThreshold> for Threshold {
    fn from(rule: AlertThreshold) -> Self {
        let AlertThreshold { channel, side, limit, margin, lasting_s, cool_down_s } = rule;
        Self {
            channel,
            side,
            limit,
            margin: margin.get().into(),
            lasting: i64::from(lasting_s.get()) * 1000,
            cool_down: i64::from(cool_down_s.get()) * 1000,
        }
    }
}

impl From<AlertSilence> for Silence {
    fn from(AlertSilence { after_s, cool_down_s }: AlertSilence) -> Self {
        Self {
            after: i64::from(after_s.get()) * 1000,
            cool_down: i64::from(cool_down_s.get()) * 1000,
        }
    }
}
