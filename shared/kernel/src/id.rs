//! Typed, prefixed ids: 128 bits, written `ord_` + 26 base32 digits. The prefix tells a person and a log what an id
//! names; the type keeps an order's id from being passed as an account's.

use crate::digest::{Digest, base32, parse_base32};

/// What every typed id can do.
pub trait Id: Copy + std::fmt::Display {
    /// The id that `digest` determines: the same parts always give the same id.
    fn from_digest(digest: &Digest) -> Self;
}

/// Declares a typed id: `typed_id!(OrderId, "ord", "Names an order.")`.
macro_rules! typed_id {
    ($name:ident, $prefix:literal, $doc:literal) => {
        #[doc = $doc]
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(u128);

        impl $name {
            /// The id of these 128 bits.
            pub const fn from_bits(bits: u128) -> Self {
                Self(bits)
            }
        }

        impl Id for $name {
            fn from_digest(digest: &Digest) -> Self {
                Self(digest.high_bits())
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                write!(f, concat!($prefix, "_{}"), base32(self.0))
            }
        }

        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                std::fmt::Display::fmt(self, f)
            }
        }

        impl std::str::FromStr for $name {
            type Err = String;

            fn from_str(text: &str) -> Result<Self, String> {
                text.strip_prefix(concat!($prefix, "_"))
                    .and_then(parse_base32)
                    .map(Self)
                    .ok_or_else(|| concat!("an id looks like ", $prefix, "_ and 26 letters and digits").to_owned())
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }

        impl schemars::JsonSchema for $name {
            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                schemars::json_schema!({
                    "type": "string",
                    "description": $doc,
                    "pattern": concat!("^", $prefix, "_[0-7][0-9a-hjkmnp-tv-z]{25}$"),
                    "examples": [Self::from_bits(1).to_string()],
                })
            }
        }
    };
}

typed_id!(AccountId, "acc", "Names an account: a customer, a worker, a member of staff, a partner.");
typed_id!(OrderId, "ord", "Names an order.");
typed_id!(ReturnId, "rtn", "Names a return of an order or of some of its lines.");
typed_id!(PaymentId, "pay", "Names a payment.");
typed_id!(RefundId, "rfd", "Names a refund.");
typed_id!(PaymentMethodId, "pmt", "Names a saved payment method.");
typed_id!(SessionId, "ses", "Names a session of a signed-in account.");
typed_id!(RequestId, "req", "Names a client's request for a service.");
typed_id!(SlotId, "slt", "Names a stretch of a worker's time that one job can take.");
typed_id!(MessageId, "msg", "Names a message to a person.");
typed_id!(ServiceId, "svc", "Names a type of service that clients can request.");
typed_id!(OfferId, "ofr", "Names an offer of a request to a worker.");
typed_id!(JobId, "job", "Names a worker's job: one attempt at a request.");
typed_id!(ApplicationId, "app", "Names somebody's application to become a worker.");
typed_id!(TestId, "tst", "Names a test that candidates take.");
typed_id!(DrawId, "drw", "Names a worker's request for supplies.");
typed_id!(CookieOrderId, "cki", "Names an order of a cookie at a vendor.");
typed_id!(PurchaseId, "pur", "Names a purchase of supplies.");
typed_id!(PayoutId, "pyo", "Names a payout to a worker.");
typed_id!(InvoiceId, "inv", "Names an invoice to a client.");
typed_id!(TopUpId, "top", "Names a top-up of a balance.");
typed_id!(AdjustmentId, "adj", "Names a credit or fine that a manager gave.");
typed_id!(EndpointId, "end", "Names an address to which a partner wants events sent.");
typed_id!(PhotoId, "pho", "Names a photo that a worker took of a job.");
typed_id!(DeviceId, "dev", "Names a device that measures something of a person.");
typed_id!(BatchId, "bat", "Names a batch of readings that a device sent.");
typed_id!(AlertId, "alr", "Names an alert about a person's readings.");
typed_id!(ActivityFileId, "fil", "Names a file of an activity that somebody uploads.");
typed_id!(BreakId, "brk", "Names a difference between our payments and the provider's.");
typed_id!(ImportId, "imp", "Names an import of a partner's data.");
typed_id!(ActivityId, "act", "Names an activity that a person's sensors recorded.");
typed_id!(ExerciseId, "exc", "Names an exercise of the library.");
typed_id!(ProgrammeId, "prg", "Names a training programme.");
typed_id!(EnrolmentId, "enr", "Names a person's run through a training programme.");
typed_id!(WorkoutId, "wko", "Names a workout that a person did.");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_reads_back_and_another_kind_is_refused() {
        let order = OrderId::from_bits(7);
        assert_eq!(order.to_string(), "ord_00000000000000000000000007");
        assert_eq!(order.to_string().parse(), Ok(order));
        assert!(order.to_string().parse::<AccountId>().is_err());
        assert!("ord_7".parse::<OrderId>().is_err());
    }
}
