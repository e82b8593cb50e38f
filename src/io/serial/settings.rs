//! Which serial port, and how it is set.

use std::num::NonZeroU32;
use std::path::PathBuf;
use std::str::FromStr;

use crate::line::LineSpeed;

/// Which port, and how it is set; written `DEVICE[,BAUD][,rtscts]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SerialSettings {
    /// The device, as `/dev/ttyUSB0`.
    pub device: PathBuf,
    /// Bits a second; 115200 if not said. The frame is 8N1.
    pub baud: NonZeroU32,
    /// Flow control by RTS and CTS, both ways; without it what overruns a buffer is lost.
    pub rtscts: bool,
}

impl FromStr for SerialSettings {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let mut words = text.split(',');
        let device = words.next().filter(|device| !device.is_empty());
        let mut settings = Self {
            device: device.ok_or("the device is missing, as in /dev/ttyUSB0,115200")?.into(),
            baud: LineSpeed::USUAL.baud,
            rtscts: false,
        };
        for word in words {
            match word.parse() {
                Ok(baud) => settings.baud = baud,
                Err(_) if word == "rtscts" => settings.rtscts = true,
                Err(_) => {
                    return Err(format!("{word:?} is neither a speed, as 9600, nor rtscts"));
                }
            }
        }
        Ok(settings)
    }
}
