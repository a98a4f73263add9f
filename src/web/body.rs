//! The body of a request, which may take as long as it moves.

use std::cell::Cell;
use std::pin::{Pin, pin};
use std::rc::Rc;
use std::task::{Context, Poll};

use actix_web::error::PayloadError;
use actix_web::http::StatusCode;
use actix_web::web::{self, Bytes};
use actix_web::{body, rt};
use futures_core::Stream;

use super::failure::Failure;
use crate::connection::{LEAST, WINDOW};

/// Counts what comes.
pub struct Body {
    payload: web::Payload,
    came: Rc<Cell<usize>>,
}

/// How far a body has come.
pub struct Pace(Rc<Cell<usize>>);

impl Body {
    pub fn new(payload: web::Payload) -> (Self, Pace) {
        let came = Rc::<Cell<usize>>::default();
        (Self { payload, came: came.clone() }, Pace(came))
    }

    /// All of it, up to so many bytes.
    pub async fn whole(self, max: usize) -> Result<Bytes, Failure> {
        let whole = body::to_bytes_limited(body::BodyStream::new(self), max).await;
        let whole = whole.map_err(|_| Failure::http(StatusCode::PAYLOAD_TOO_LARGE))?;
        whole.map_err(|_| Failure::http(StatusCode::BAD_REQUEST))
    }
}

impl Pace {
    /// Reads a body to its end, as long as it moves.
    pub async fn keep<T>(&self, reading: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
        let mut reading = pin!(reading);
        let mut before = 0;
        loop {
            if let Ok(read) = rt::time::timeout(WINDOW, &mut reading).await {
                return read;
            }
            let now = self.0.get();
            if now - before < LEAST {
                return Err(Failure::http(StatusCode::REQUEST_TIMEOUT));
            }
            before = now;
        }
    }
}

impl Stream for Body {
    type Item = Result<Bytes, PayloadError>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let next = Pin::new(&mut self.payload).poll_next(context);
        if let Poll::Ready(Some(Ok(bytes))) = &next {
            self.came.set(self.came.get() + bytes.len());
        }
        next
    }
}
