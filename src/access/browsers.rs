//! The browsers in which somebody signed in before. Each keeps a mark for the name that signed in last: random digits,
//! and our signature of both. Failures in a browser with a mark are counted separately, so that strangers who try that
//! name do not keep its person out. A mark gives no access.

use diesel::prelude::*;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use crate::db::Conn;
use crate::db::schema::keys;
use crate::error::Error;
use crate::secret::{Hex, Secret};

/// What the browser keeps from now on, when somebody signs in. A mark that it has already stays, so that signing in
/// does not start a new count.
pub fn mark(conn: &mut Conn, name: &str, shown: Option<&str>) -> Result<String, Error> {
    let id = match known(conn, name, shown)? {
        Some(id) => id,
        None => Secret::new().reveal().to_owned(),
    };
    let signature = Hex(&signature(conn, name, &id)?.finalize().into_bytes()).to_string();
    Ok(format!("{id}.{signature}"))
}

/// The digits of a browser in which this name signed in, if it shows our mark.
pub fn known(conn: &mut Conn, name: &str, shown: Option<&str>) -> Result<Option<String>, Error> {
    let Some((id, signed)) = shown.and_then(|mark| mark.split_once('.')) else { return Ok(None) };
    let Some(signed) = Hex::read::<32>(signed) else { return Ok(None) };
    let is_ours = signature(conn, name, id)?.verify_slice(&signed).is_ok();
    Ok(is_ours.then(|| id.to_owned()))
}

/// What tells the cookies of this installation from those of another one on the same host: eight digits that all servers on
/// one database find, again after a restart. A copy of the database has the same key, so the public address counts too.
pub fn installation(conn: &mut Conn, public_url: &str) -> Result<String, Error> {
    let digits = key(conn)?.chain_update("installation").chain_update(public_url).finalize().into_bytes();
    Ok(Hex(&digits[..4]).to_string())
}

fn signature(conn: &mut Conn, name: &str, id: &str) -> Result<Hmac<Sha256>, Error> {
    // The digits come first, so that no name can be mistaken for a part of them.
    Ok(key(conn)?.chain_update(format!("{id} {name}")))
}

fn key(conn: &mut Conn) -> Result<Hmac<Sha256>, Error> {
    let key: String = keys::table.find("browser").select(keys::key).first(conn)?;
    let key = Hmac::<Sha256>::new_from_slice(key.as_bytes());
    key.map_err(|cause| Error::Internal(format!("the key of browsers: {cause}")))
}
