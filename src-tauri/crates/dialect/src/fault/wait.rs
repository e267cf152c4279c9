//! How long a provider asks to be left alone.

use std::time::{Duration, SystemTime};

use super::said::Said;

/// No limit of a provider's is longer than a month; what is longer than a year is nonsense.
const LONGEST: Duration = Duration::from_secs(366 * 24 * 3600);

/// `retry-after-ms` wins over `retry-after` (seconds, which may have a fraction, or a date), and both over the body.
pub(super) fn retry_after(
    header: &dyn Fn(&str) -> Option<String>,
    said: &Said,
    now: SystemTime,
) -> Option<Duration> {
    let milliseconds = header("retry-after-ms").and_then(|text| seconds(&text)).map(|it| it / 1000);
    let asked = milliseconds
        .or_else(|| header("retry-after").and_then(|text| seconds(&text).or_else(|| until(&text, now))))
        .or(said.retry_after);
    asked.filter(|wait| *wait <= LONGEST)
}

/// Google's `34s` or `1.5s`.
pub(super) fn google_delay(text: &str) -> Option<Duration> {
    seconds(text.trim().strip_suffix('s')?)
}

fn seconds(text: &str) -> Option<Duration> {
    Duration::try_from_secs_f64(text.trim().parse().ok()?).ok()
}

/// A date that has passed asks for no wait at all.
fn until(text: &str, now: SystemTime) -> Option<Duration> {
    let date = httpdate::parse_http_date(text.trim()).ok()?;
    Some(date.duration_since(now).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(headers: &[(&str, &str)], said: &Said) -> Option<Duration> {
        let now = httpdate::parse_http_date("Fri, 20 Nov 2026 10:00:00 GMT").unwrap();
        let find =
            |name: &str| headers.iter().find(|(it, _)| *it == name).map(|(_, value)| (*value).to_owned());
        retry_after(&find, said, now)
    }

    #[test]
    fn every_form_is_read() {
        let none = Said::default();
        let ms = |it| Some(Duration::from_millis(it));
        assert_eq!(asked(&[("retry-after", "20")], &none), ms(20_000));
        assert_eq!(asked(&[("retry-after", " 0.25 ")], &none), ms(250));
        assert_eq!(asked(&[("retry-after", "Fri, 20 Nov 2026 10:01:30 GMT")], &none), ms(90_000));
        assert_eq!(asked(&[("retry-after", "Fri, 20 Nov 2026 09:00:00 GMT")], &none), ms(0));
        assert_eq!(asked(&[("retry-after", "20"), ("retry-after-ms", "1500.0")], &none), ms(1500));
        let google = Said { retry_after: google_delay("34s"), ..Said::default() };
        assert_eq!(asked(&[], &google), ms(34_000));
        assert_eq!(asked(&[("retry-after", "1")], &google), ms(1000));
    }

    #[test]
    fn nonsense_asks_for_nothing() {
        for text in ["", "-1", "soon", "NaN", "inf", "1e400", "1e19", "99999999999999999999999"] {
            assert_eq!(asked(&[("retry-after", text)], &Said::default()), None, "{text}");
        }
    }
}
