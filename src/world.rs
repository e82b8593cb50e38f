//! What befalls a module from outside its lines and its server, and the words for it.
//!
//! Knows no consequences: those are the modem's. The words are the same in transcripts, in scenarios
//! and on the command line.

use std::fmt;
use std::net::Ipv4Addr;
use std::str::FromStr;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::time::{Span, parse_span};

/// Strongest signal that `AT+CSQ` can tell (27.007 8.5); 99 is "not known".
const STRONGEST: u8 = 31;

/// What befalls the module.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum World {
    /// The network takes the GPRS bearer away; a new one may be asked for at once.
    BearerLost,
    /// There is no GPRS service any more: the bearer is gone, and none is given.
    BearerGone,
    /// There is GPRS service again.
    BearerBack,
    /// There is no network any more, and the module knows at once.
    NetworkLost,
    /// A hole in the coverage: the module looks for its network again. Its context and what is under
    /// way outlast that, as the network keeps them; what is to begin finds no service.
    NetworkSearching,
    /// The network refuses the subscriber.
    NetworkDenied,
    /// The network of the profile is there again, or the home network where the profile has none.
    NetworkBack,
    /// The signal is so strong from now on, as `AT+CSQ` counts: 0 to 31, or 99.
    Signal(u8),
    /// The SIM is pulled out.
    SimRemoved,
    /// A SIM is put in.
    SimInserted,
    /// The SIM wants its PIN, as after another phone has changed it.
    SimLocked,
    /// The power key is held: on, or in good order off.
    PowerKey,
    /// The supply fails and comes back: the module starts anew, without a word.
    Reset,
    /// The same in the middle of a byte, of which the host sees what is left.
    BrownOut,
    /// The supply is low.
    UnderVoltage,
    /// The supply is so low that the module switches itself off.
    UnderVoltageOff,
    /// Somebody calls.
    Ring,
    /// A message has come, and lies at this place of the SIM.
    Sms(u8),
    /// The firmware hangs for so long, or until it is switched off and on.
    Hang(Option<Duration>),
    /// Every name has this address from now on.
    DnsPoisoned(Ipv4Addr),
    /// Names have their own addresses again.
    DnsHealed,
    /// The network gives the module another address, and connections from the old one are dead.
    Address(Ipv4Addr),
}

/// The events that are one word.
const WORDS: [(World, &str); 18] = [
    (World::BearerLost, "bearer-lost"),
    (World::BearerGone, "bearer-gone"),
    (World::BearerBack, "bearer-back"),
    (World::NetworkLost, "network-lost"),
    (World::NetworkSearching, "network-searching"),
    (World::NetworkDenied, "network-denied"),
    (World::NetworkBack, "network-back"),
    (World::SimRemoved, "sim-removed"),
    (World::SimInserted, "sim-inserted"),
    (World::SimLocked, "sim-locked"),
    (World::PowerKey, "power-key"),
    (World::Reset, "reset"),
    (World::BrownOut, "brown-out"),
    (World::UnderVoltage, "under-voltage"),
    (World::UnderVoltageOff, "under-voltage-off"),
    (World::Ring, "ring"),
    (World::Hang(None), "hang"),
    (World::DnsHealed, "dns-healed"),
];

/// Those that a value follows, with an example of it.
const WITH_VALUE: [(&str, &str); 5] = [
    ("signal", "3"),
    ("sms", "1"),
    ("hang", "5s"),
    ("dns-poisoned", "192.0.2.1"),
    ("address", "10.7.7.7"),
];

/// Words that name nothing that befalls a module.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{0:?} is nothing the world can do{1}")]
pub struct NoSuchEvent(String, String);

impl World {
    /// Every event, as it is written; those with a value have an example of it.
    pub fn words() -> impl Iterator<Item = String> {
        let plain = WORDS.iter().map(|(_, word)| (*word).to_owned());
        plain.chain(WITH_VALUE.iter().map(|(word, value)| format!("{word} {value}")))
    }
}

impl fmt::Display for World {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Signal(rssi) => write!(f, "signal {rssi}"),
            Self::Sms(place) => write!(f, "sms {place}"),
            Self::Hang(Some(span)) => write!(f, "hang {}", Span(*span)),
            Self::DnsPoisoned(address) => write!(f, "dns-poisoned {address}"),
            Self::Address(address) => write!(f, "address {address}"),
            plain => match WORDS.iter().find(|(world, _)| world == plain) {
                Some((_, word)) => f.write_str(word),
                None => unreachable!("every other event has its word in WORDS"),
            },
        }
    }
}

impl FromStr for World {
    type Err = NoSuchEvent;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if let Some((world, _)) = WORDS.iter().find(|(_, word)| *word == text) {
            return Ok(*world);
        }
        let (word, value) = text.split_once(' ').unwrap_or((text, ""));
        let world = match word {
            "signal" => value.parse().ok().filter(is_rssi).map(Self::Signal),
            "sms" => value.parse().ok().filter(|place| *place > 0).map(Self::Sms),
            "hang" => parse_span(value).map(|span| Self::Hang(Some(span))),
            "dns-poisoned" => value.parse().ok().map(Self::DnsPoisoned),
            "address" => value.parse().ok().map(Self::Address),
            _ => None,
        };
        world.ok_or_else(|| NoSuchEvent(text.to_owned(), hint(word)))
    }
}

/// What was perhaps meant.
fn hint(word: &str) -> String {
    if let Some((word, value)) = WITH_VALUE.iter().find(|(known, _)| *known == word) {
        return format!("; write it as \"{word} {value}\"");
    }
    let words = WORDS.iter().map(|(_, word)| *word).chain(WITH_VALUE.iter().map(|(word, _)| *word));
    crate::near::nearest(word, words)
        .map_or_else(String::new, |near| format!("; the nearest is \"{near}\""))
}

const fn is_rssi(rssi: &u8) -> bool {
    *rssi <= STRONGEST || *rssi == 99
}

impl TryFrom<String> for World {
    type Error = NoSuchEvent;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<World> for String {
    fn from(world: World) -> Self {
        world.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_event_is_written_as_it_is_read() {
        for word in World::words() {
            assert_eq!(word.parse::<World>().unwrap().to_string(), word);
        }
    }

    #[test]
    fn what_names_no_event_is_told_what_was_perhaps_meant() {
        for (text, sentence) in [
            (
                "bearer-lots",
                "\"bearer-lots\" is nothing the world can do; the nearest is \"bearer-lost\"",
            ),
            ("signal 40", "\"signal 40\" is nothing the world can do; write it as \"signal 3\""),
            ("hang 5", "\"hang 5\" is nothing the world can do; write it as \"hang 5s\""),
            ("earthquake", "\"earthquake\" is nothing the world can do"),
        ] {
            assert_eq!(text.parse::<World>().unwrap_err().to_string(), sentence);
        }
    }
}
