//! How fast a host sends and in which frame, as it has set its UART; knows of no wire.

use std::fmt;
use std::num::NonZeroU32;
use std::str::FromStr;

/// The speed and the frame of a UART, written `115200 8N1`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LineSpeed {
    /// Bits a second.
    pub baud: NonZeroU32,
    /// Data bits of a character.
    pub data_bits: DataBits,
    /// The bit behind them.
    pub parity: Parity,
    /// What a character ends with.
    pub stop_bits: StopBits,
}

/// Data bits of a character.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DataBits {
    /// 5
    Five,
    /// 6
    Six,
    /// 7
    Seven,
    /// 8
    Eight,
}

/// The parity bit of a character.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Parity {
    /// There is none.
    None,
    /// The ones of a character are odd in number.
    Odd,
    /// They are even in number.
    Even,
    /// It is 1.
    Mark,
    /// It is 0.
    Space,
}

/// Stop bits of a character.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StopBits {
    /// 1
    One,
    /// 1.5
    OneAndAHalf,
    /// 2
    Two,
}

impl LineSpeed {
    /// Most host software's, and what the module reports at power-on: 115200 8N1.
    // Not zero: it is computed when this is compiled, and else would not compile.
    pub const USUAL: Self = Self::of(NonZeroU32::new(115_200).unwrap());

    /// `baud` in the usual frame, 8N1.
    pub const fn of(baud: NonZeroU32) -> Self {
        Self { baud, data_bits: DataBits::Eight, parity: Parity::None, stop_bits: StopBits::One }
    }
}

impl LineSpeed {
    /// Half bits that a character takes on the wire: start, data, parity and stop bits.
    pub const fn half_bits(self) -> u64 {
        let parity = match self.parity {
            Parity::None => 0,
            Parity::Odd | Parity::Even | Parity::Mark | Parity::Space => 2,
        };
        let stop = match self.stop_bits {
            StopBits::One => 2,
            StopBits::OneAndAHalf => 3,
            StopBits::Two => 4,
        };
        2 + 2 * self.data_bits.count() as u64 + parity + stop
    }
}

impl DataBits {
    /// `None` unless it is 5 to 8.
    pub const fn new(bits: u8) -> Option<Self> {
        Some(match bits {
            5 => Self::Five,
            6 => Self::Six,
            7 => Self::Seven,
            8 => Self::Eight,
            _ => return None,
        })
    }

    /// 5 to 8.
    pub const fn count(self) -> u8 {
        match self {
            Self::Five => 5,
            Self::Six => 6,
            Self::Seven => 7,
            Self::Eight => 8,
        }
    }
}

impl fmt::Display for LineSpeed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let parity = match self.parity {
            Parity::None => 'N',
            Parity::Odd => 'O',
            Parity::Even => 'E',
            Parity::Mark => 'M',
            Parity::Space => 'S',
        };
        let stop_bits = match self.stop_bits {
            StopBits::One => "1",
            StopBits::OneAndAHalf => "1.5",
            StopBits::Two => "2",
        };
        write!(f, "{} {}{parity}{stop_bits}", self.baud, self.data_bits.count())
    }
}

impl FromStr for LineSpeed {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        read(text).ok_or_else(|| format!("{text:?} is no speed; write 9600 8N1"))
    }
}

fn read(text: &str) -> Option<LineSpeed> {
    let (baud, frame) = text.split_once(' ')?;
    let mut frame = frame.chars();
    let data_bits = frame.next()?.to_digit(10).and_then(|bits| u8::try_from(bits).ok())?;
    let parity = match frame.next()? {
        'N' => Parity::None,
        'O' => Parity::Odd,
        'E' => Parity::Even,
        'M' => Parity::Mark,
        'S' => Parity::Space,
        _ => return None,
    };
    let stop_bits = match frame.as_str() {
        "1" => StopBits::One,
        "1.5" => StopBits::OneAndAHalf,
        "2" => StopBits::Two,
        _ => return None,
    };
    Some(LineSpeed {
        baud: baud.parse().ok()?,
        data_bits: DataBits::new(data_bits)?,
        parity,
        stop_bits,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_speed_reads_back_as_written() {
        for text in ["115200 8N1", "300 7E1", "9600 5O1.5", "50 6M2", "4000000 8S1"] {
            assert_eq!(text.parse::<LineSpeed>().unwrap().to_string(), text);
        }
        assert_eq!(LineSpeed::USUAL.to_string(), "115200 8N1");
        for text in ["", "9600", "0 8N1", "9600 9N1", "9600 8X1", "9600 8N3", "-1 8N1"] {
            let mistake = format!("{text:?} is no speed; write 9600 8N1");
            assert_eq!(text.parse::<LineSpeed>(), Err(mistake));
        }
    }
}
