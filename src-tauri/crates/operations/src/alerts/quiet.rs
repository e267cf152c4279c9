//! Quiet hours: times of the day at which only the worst is told at once.

use jiff::{Timestamp, civil::Time, tz::TimeZone};

use crate::incidents::Severity;

/// Hours of each day, by the clock on somebody's wall.
#[derive(Clone, Debug, PartialEq)]
pub struct Quiet {
    from: Time,
    to: Time,
    zone: TimeZone,
    /// This severity and worse ones are told all the same.
    except: Severity,
}

impl Quiet {
    /// Quiet hours from `from` to `to` (`HH:MM`, the next day's where it is the earlier one) in the time zone of this
    /// name, or in this machine's when it is empty.
    ///
    /// # Errors
    /// In words, when a time or the zone cannot be read.
    pub fn new(from: &str, to: &str, zone: &str, except: Severity) -> Result<Self, String> {
        let (from, to) = (time(from)?, time(to)?);
        if from == to {
            return Err("they begin and end at the same time".to_owned());
        }
        let zone = if zone.is_empty() {
            TimeZone::system()
        } else {
            TimeZone::get(zone).map_err(|_| format!("`{zone}` is no time zone that this machine knows"))?
        };
        Ok(Self { from, to, zone, except })
    }

    /// Until when a notice of this severity has to wait, `07:00`; none when it need not.
    pub(super) fn until(&self, severity: Severity, now_ms: i64) -> Option<String> {
        let now = Timestamp::from_millisecond(now_ms).ok()?.to_zoned(self.zone.clone()).time();
        let within = if self.from < self.to {
            self.from <= now && now < self.to
        } else {
            now >= self.from || now < self.to
        };
        (within && severity > self.except).then(|| self.to.strftime("%H:%M").to_string())
    }
}

fn time(text: &str) -> Result<Time, String> {
    let wrong = || format!("`{text}` is no time of the day");
    let (hour, minute) = text.split_once(':').ok_or_else(wrong)?;
    if minute.len() != 2 || !(1..=2).contains(&hour.len()) {
        return Err(wrong());
    }
    let number = |t: &str| t.parse::<i8>().map_err(|_| wrong());
    Time::new(number(hour)?, number(minute)?, 0, 0).map_err(|_| wrong())
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE: i64 = 60_000;

    #[test]
    fn hours_over_midnight_hold_back_all_but_the_worst() {
        let quiet = Quiet::new("22:00", "7:30", "UTC", Severity::P1).unwrap();
        let at = |hour: i64, minute: i64| (hour * 60 + minute) * MINUTE;
        let waits = |ms| quiet.until(Severity::P2, ms);
        assert_eq!(waits(at(21, 59)), None);
        assert_eq!(waits(at(22, 0)), Some("07:30".to_owned()));
        assert_eq!(waits(at(31, 29)), Some("07:30".to_owned()));
        assert_eq!(waits(at(7, 30)), None);
        assert_eq!(quiet.until(Severity::P1, at(23, 0)), None);
        assert_eq!(quiet.until(Severity::P0, at(23, 0)), None);
    }

    #[test]
    fn the_wall_clock_of_the_zone_counts_also_when_it_is_put_forward() {
        let quiet = Quiet::new("09:00", "10:00", "Europe/Berlin", Severity::P0).unwrap();
        // Noon UTC minus four hours: 09:00 in winter (UTC+1), 10:00 in summer (UTC+2).
        let winter = 1_768_464_000_000; // 2026-01-15 08:00 UTC
        let summer = 1_784_102_400_000; // 2026-07-15 08:00 UTC
        assert!(quiet.until(Severity::P3, winter).is_some());
        assert!(quiet.until(Severity::P3, summer).is_none());
        assert!(quiet.until(Severity::P3, summer - 3_600_000).is_some());
    }

    #[test]
    fn what_is_no_time_is_said() {
        for (from, to, zone) in
            [("25:00", "7:00", ""), ("7", "8:00", ""), ("7:5", "8:00", ""), ("7:00", "7:00", "")]
        {
            assert!(Quiet::new(from, to, zone, Severity::P0).is_err(), "{from} {to}");
        }
        let unknown = Quiet::new("7:00", "8:00", "Mars/Olympus", Severity::P0).unwrap_err();
        assert!(unknown.contains("Mars/Olympus"), "{unknown}");
    }
}
