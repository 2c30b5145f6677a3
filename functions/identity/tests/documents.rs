//! `get-discovery`, `get-keys`, and what the tokens they speak of are worth.

use crate::support::{EMAIL, claims, stage, tokens, verified};
use aws_lc_rs::signature::{RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents};
use local::faults::Fate;
use local::keys::SigningKey;
use local::outside::Answer;
use local::stage::Stage;
use local::testing::problem;
use platform::signer::{base64url, from_base64url};
use serde_json::{Value, json};
use std::collections::BTreeSet;

fn document(stage: &Stage, function: &'static str) -> (Value, String) {
    let answer = stage.ask(function).get();
    assert_eq!(answer.status_code, 200, "{}", answer.body);
    (answer.json(), answer.headers["cache-control"].clone())
}

#[test]
fn discovery_names_the_issuer_and_its_keys() {
    let stage = stage();
    let (document, cached) = document(&stage, "get-discovery");
    assert_eq!(document["issuer"], stage.cloud.issuer());
    assert_eq!(document["jwks_uri"], "https://local/.well-known/jwks.json");
    assert_eq!(document["id_token_signing_alg_values_supported"], json!(["RS256"]));
    assert_eq!(cached, "public, max-age=3600");
    assert!(stage.calls().is_empty());
}

#[test]
fn the_keys_check_the_tokens() {
    let stage = stage();
    verified(&stage, EMAIL);
    let tokens = tokens(&stage, EMAIL, "in");
    let (document, cached) = document(&stage, "get-keys");
    assert_eq!(cached, "public, max-age=600");
    let token = tokens["access_token"].as_str().unwrap();
    let header: Value = serde_json::from_slice(&from_base64url(token.split('.').next().unwrap()).unwrap()).unwrap();
    assert_eq!((&header["alg"], &header["typ"]), (&json!("RS256"), &json!("JWT")));
    let keys = document["keys"].as_array().unwrap();
    let key = keys.iter().find(|key| key["kid"] == header["kid"]).expect("the key that signed is shown");
    let part = |name: &str| from_base64url(key[name].as_str().unwrap()).unwrap();
    let public = RsaPublicKeyComponents { n: part("n"), e: part("e") };
    let (signed, signature) = token.rsplit_once('.').unwrap();
    let signature = from_base64url(signature).unwrap();
    public
        .verify(&RSA_PKCS1_2048_8192_SHA256, signed.as_bytes(), &signature)
        .expect("the key checks the token");
    assert!(keys.iter().all(|key| key.get("d").is_none()), "public halves only");
}

#[test]
fn all_keys_are_shown_the_next_one_before_it_signs() {
    let stage = stage();
    stage.set("SIGNING_KEYS", "current,next,previous");
    let spki = aws_smithy_types::base64::encode(SigningKey::shared().unwrap().spki());
    stage.interfere(move |_| Fate::Instead(Answer::json(&json!({ "PublicKey": spki }))));
    let (document, _) = document(&stage, "get-keys");
    let ids: BTreeSet<_> = document["keys"].as_array().unwrap().iter().map(|key| key["kid"].to_string()).collect();
    assert_eq!(ids.len(), 3);
    let asked =
        |call: local::outside::OutsideCall| serde_json::from_slice::<Value>(&call.body).unwrap()["KeyId"].clone();
    assert_eq!(stage.calls().into_iter().map(asked).collect::<Vec<_>>(), ["current", "next", "previous"]);
}

#[test]
fn a_key_that_is_not_rsa_is_a_mistake_of_the_deployment() {
    let stage = stage();
    stage.interfere(|_| Fate::Instead(Answer::json(&json!({ "PublicKey": "MAA=" }))));
    problem(&stage.ask("get-keys").get(), 500, "internal");
}

#[test]
fn a_token_that_was_tampered_with_is_turned_away() {
    let stage = stage();
    verified(&stage, EMAIL);
    let tokens = tokens(&stage, EMAIL, "in");
    let token = tokens["access_token"].as_str().unwrap();
    let parts: Vec<&str> = token.split('.').collect();
    let with = |header: Value, claims: &str, signature: &str| {
        format!("{}.{claims}.{signature}", base64url(header.to_string().as_bytes()))
    };
    let admin = {
        let mut claims: Value = serde_json::from_slice(&from_base64url(parts[1]).unwrap()).unwrap();
        claims["roles"] = json!("admin");
        base64url(claims.to_string().as_bytes())
    };
    let original: Value = serde_json::from_slice(&from_base64url(parts[0]).unwrap()).unwrap();
    for forged in [
        with(json!({ "alg": "none" }), parts[1], ""),
        with(json!({ "alg": "none", "kid": original["kid"] }), &admin, ""),
        with(json!({ "alg": "HS256", "kid": original["kid"] }), &admin, parts[2]),
        with(original.clone(), &admin, parts[2]),
        with(original, parts[1], ""),
        format!("{}.{}", parts[0], parts[1]),
    ] {
        assert_eq!(claims(&stage, &json!({ "access_token": forged })), None);
    }
    assert!(claims(&stage, &tokens).is_some());
}
