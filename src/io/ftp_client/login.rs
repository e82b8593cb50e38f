//! The way into a session: resolve, connect, greeting, USER and PASS.
//!
//! Knows nothing of what the session is for.

use tokio::net::TcpStream;
use tokio::sync::mpsc::UnboundedSender;

use super::control::{Control, is_one_line};
use super::data;
use super::reply::{Reply, Stop, failure_of};
use crate::ftp::{Account, Event, Failure};
use crate::io::names::Names;

/// Resolves, connects, logs in. suppaftp's `login` would take neither 202 nor arbitrary bytes.
pub(super) async fn open(
    names: &Names,
    account: &Account,
    events: &UnboundedSender<Event>,
) -> Result<Control, Failure> {
    if !is_one_line(&account.user) || !is_one_line(&account.password.0) {
        return Err(Failure::Parameter);
    }
    let heard = |code| {
        let _ = events.send(Event::Reply(code));
    };
    let stream = connect(names, account).await?;
    let mut control = Control::greeted(stream, heard).await?;
    heard(220);
    let result = log_in(&mut control, account, heard).await;
    if result.is_err() {
        control.disarm().await;
    }
    result.map(|()| control)
}

/// suppaftp does not say whether the name or the network was at fault, so both are ours.
async fn connect(names: &Names, account: &Account) -> Result<TcpStream, Failure> {
    let mut failure = Failure::Dns;
    for address in names.resolve(&account.host, account.port).await {
        match data::dial(address).await {
            Ok(stream) => {
                // Commands are short, and each waits for the reply to the one before.
                let _ = stream.set_nodelay(true);
                return Ok(stream);
            }
            Err(error) => {
                tracing::debug!(%address, %error, "no connection");
                // A server may hang up before we notice that it had answered.
                failure = failure_of(&error);
            }
        }
    }
    Err(failure)
}

async fn log_in(
    control: &mut Control,
    account: &Account,
    heard: impl Fn(u16),
) -> Result<(), Failure> {
    let reply = control
        .command(&[b"USER ", account.user.as_slice()].concat())
        .await
        .map_err(Stop::failure)?;
    let reply = settled(control, reply, &heard).await?;
    match reply.code {
        200..=299 => return Ok(()),
        331 => heard(331),
        _ => return Err(reply.refusal()),
    }
    control
        .send(&[b"PASS ", account.password.0.as_slice()].concat(), "PASS ***")
        .await
        .map_err(Stop::failure)?;
    let reply = control.reply().await.map_err(Stop::failure)?;
    let reply = settled(control, reply, &heard).await?;
    match reply.code {
        // 202 too: the server needs no password.
        200..=299 => Ok(()),
        _ => Err(reply.refusal()),
    }
}

/// The first reply that is not preliminary.
async fn settled(
    control: &mut Control,
    mut reply: Reply,
    heard: impl Fn(u16),
) -> Result<Reply, Failure> {
    while (100..200).contains(&reply.code) {
        heard(reply.code);
        reply = control.reply().await.map_err(Stop::failure)?;
    }
    Ok(reply)
}
