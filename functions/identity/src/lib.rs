//! Identity: accounts, sessions, roles, and the tokens that prove them.
//!
//! Owns the table and topic `identity`, and the only copy of contact details. Somebody registers, verifies a contact by
//! a code, signs in and keeps the session going with refresh tokens; admins grant roles and give partners
//! credentials; who is hired becomes a worker, and clients whom partners bring get accounts.
//! Access tokens are checked by the API's authorizer with the keys published here, and nothing here is asked for that.

pub mod access;
pub mod account;
pub mod address;
pub mod admission;
pub mod challenge;
pub mod credentials;
pub mod grant;
pub mod hire;
pub mod jwk;
pub mod keys;
pub mod partner;
pub mod password;
pub mod preferences;
pub mod refresh;
pub mod roles;
pub mod settings;
pub mod store;
pub mod tries;

platform::context! {
    name: "identity",
    indexes: [],
    functions: [
        admit_client,
        change_roles,
        create_partner,
        end_session,
        end_sessions,
        get_account,
        get_discovery,
        get_keys,
        get_roles,
        grant_worker,
        issue_code,
        list_role_changes,
        list_sessions,
        read_contacts,
        refresh_session,
        register,
        relay_identity,
        republish_identity,
        rotate_partner_secret,
        sign_in,
        verify_contact,
    ],
}
