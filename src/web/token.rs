//! The token that every form that changes something carries.
//!
//! A browser gets a random secret in a cookie that scripts cannot read, and each page carries that secret under a
//! fresh mask. Another site can make the browser send the cookie but cannot read it, so it cannot write the token into
//! a form. Without the mask, the secret could be guessed from the compressed size of pages that also repeat part of
//! the address.

use std::fmt;
use std::future::{Ready, ready};

use actix_web::cookie::Cookie;
use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpMessage, HttpRequest};
use subtle::ConstantTimeEq;

use super::cookies::{self, Kind};
use super::site::Site;
use crate::secret::{Hex, hash, random};

const LENGTH: usize = 16;

/// The secret of the browser that sent the request. Displayed, it is the masked token for a form.
#[derive(Clone, Copy)]
pub struct Token {
    secret: [u8; LENGTH],
    /// For the answer to one request.
    mask: [u8; LENGTH],
    /// The browser did not have it yet.
    pub is_new: bool,
}

/// What a form lacks that comes from none of our pages in this browser.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lack {
    /// The browser keeps no cookies, or not any more.
    Cookie,
    /// It has no token as ours are.
    Token,
    /// The token is of another page: since then somebody signed in or out in this browser.
    Fresh,
}

impl Token {
    pub fn of(request: &HttpRequest) -> Self {
        if let Some(token) = request.extensions().get::<Self>() {
            return *token;
        }
        let sent = cookies::read(request, Kind::Token).and_then(|secret| Hex::read(&secret));
        let token = Self { secret: sent.unwrap_or_else(random), mask: random(), is_new: sent.is_none() };
        request.extensions_mut().insert(token);
        token
    }

    /// Whether this is what one of our forms would send from this browser; if not, what is wrong with it.
    pub fn expect(&self, sent: &str) -> Result<(), Lack> {
        if self.is_new {
            return Err(Lack::Cookie);
        }
        let (Some(mask), Some(masked)) =
            (sent.get(..2 * LENGTH).and_then(Hex::read), sent.get(2 * LENGTH..).and_then(Hex::read))
        else {
            return Err(Lack::Token);
        };
        if xor(mask, masked).ct_eq(&self.secret).into() { Ok(()) } else { Err(Lack::Fresh) }
    }

    /// A new secret, for the cookie of a browser in which somebody signs in or out: what its pages knew before belongs
    /// to somebody else. The answer to the request is made with it.
    pub fn renew(request: &HttpRequest) -> Self {
        let token = Self { secret: random(), mask: random(), is_new: false };
        request.extensions_mut().insert(token);
        token
    }

    /// What stands for the browser in the database.
    pub fn hash(&self) -> String {
        hash(&Hex(&self.secret).to_string())
    }

    pub fn cookie(&self, site: &Site) -> Cookie<'static> {
        cookies::keep(site, Kind::Token, Hex(&self.secret).to_string(), None)
    }
}

impl fmt::Display for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", Hex(&self.mask), Hex(&xor(self.mask, self.secret)))
    }
}

impl askama::filters::HtmlSafe for Token {}

impl FromRequest for Token {
    type Error = std::convert::Infallible;
    type Future = Ready<Result<Self, Self::Error>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Ok(Self::of(request)))
    }
}

fn xor(a: [u8; LENGTH], b: [u8; LENGTH]) -> [u8; LENGTH] {
    std::array::from_fn(|i| a[i] ^ b[i])
}
