//! The addresses that reverse proxies report, in `X-Forwarded-For` or `Forwarded` (RFC 7239).

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use axum::http::HeaderMap;

/// What one proxy reports about the sender of its request; `None`: it does not know or say (`unknown`, `_hidden`).
pub(super) type Hop = Option<IpAddr>;

/// The entries of all `X-Forwarded-For` headers, the oldest first.
pub(super) fn x_forwarded_for(headers: &HeaderMap) -> Vec<Hop> {
    values(headers, "x-forwarded-for").flat_map(|value| value.split(',')).map(node).collect()
}

/// The `for` parameters of all `Forwarded` headers, the oldest first.
pub(super) fn forwarded(headers: &HeaderMap) -> Vec<Hop> {
    values(headers, "forwarded").flat_map(|value| split(value, ',')).map(sender).collect()
}

fn values<'a>(headers: &'a HeaderMap, name: &'static str) -> impl Iterator<Item = &'a str> {
    // A value that is not text still counts as one hop, or an older entry would take its place.
    headers.get_all(name).iter().map(|value| value.to_str().unwrap_or("unknown"))
}

/// The `for` of one element, such as `for="[2001:db8::1]:4711";proto=https`.
fn sender(element: &str) -> Hop {
    let named =
        |pair: &'_ str| pair.split_once('=').map(|(name, value)| (name.trim().to_ascii_lowercase(), value.to_owned()));
    split(element, ';').filter_map(named).find(|(name, _)| name == "for").and_then(|(_, value)| node(&value))
}

/// Parts between separators that are not inside quotes.
fn split(text: &str, separator: char) -> impl Iterator<Item = &str> {
    let mut quoted = false;
    text.split(move |c| {
        quoted ^= c == '"';
        c == separator && !quoted
    })
}

/// An address with or without port, brackets, quotes and IPv6 zone: proxies differ.
fn node(text: &str) -> Hop {
    let text = text.trim();
    let text = text.strip_prefix('"').and_then(|text| text.strip_suffix('"')).unwrap_or(text).trim();
    let v6 = |text: &str| text.split('%').next().and_then(|address| address.parse::<Ipv6Addr>().ok()).map(IpAddr::V6);
    let is_port = |text: &str| text.parse::<u16>().is_ok();
    if let Some((address, rest)) = text.strip_prefix('[').and_then(|text| text.split_once(']')) {
        let ends = rest.is_empty() || rest.strip_prefix(':').is_some_and(is_port);
        return v6(address).filter(|_| ends);
    }
    let v4 = |text: &str| text.parse::<Ipv4Addr>().ok().map(IpAddr::V4);
    let with_port = || text.split_once(':').filter(|(_, port)| is_port(port)).and_then(|(address, _)| v4(address));
    v4(text).or_else(with_port).or_else(|| v6(text))
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn hops(read: fn(&HeaderMap) -> Vec<Hop>, name: &'static str, values: &[&'static str]) -> Vec<String> {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(name, HeaderValue::from_static(value));
        }
        read(&headers).into_iter().map(|hop| hop.map_or("?".to_owned(), |address| address.to_string())).collect()
    }

    #[test]
    fn entries_with_port_brackets_and_quotes_are_addresses() {
        for (entry, expected) in [
            ("203.0.113.9", "203.0.113.9"),
            (" 203.0.113.9:4711 ", "203.0.113.9"),
            ("\"203.0.113.9:4711\"", "203.0.113.9"),
            ("2001:db8::1", "2001:db8::1"),
            ("[2001:db8::1]", "2001:db8::1"),
            ("[2001:db8::1]:99", "2001:db8::1"),
            ("\"[2001:db8::1]:99\"", "2001:db8::1"),
            ("fe80::1%eth0", "fe80::1"),
            ("unknown", "?"),
            ("_hidden", "?"),
            ("", "?"),
            ("203.0.113.9:http", "?"),
            ("203.0.113.9:99999", "?"),
            ("[2001:db8::1]99", "?"),
            ("[2001:db8::1", "?"),
        ] {
            assert_eq!(hops(x_forwarded_for, "x-forwarded-for", &[entry]), [expected], "{entry}");
        }
    }

    #[test]
    fn entries_of_several_headers_keep_their_order() {
        let values = ["198.51.100.1, unknown", "203.0.113.9:1"];
        assert_eq!(hops(x_forwarded_for, "x-forwarded-for", &values), ["198.51.100.1", "?", "203.0.113.9"]);
    }

    #[test]
    fn forwarded_header_is_read_as_in_rfc_7239() {
        for (value, expected) in [
            ("for=192.0.2.43", &["192.0.2.43"][..]),
            ("For=\"[2001:db8:cafe::17]:4711\"", &["2001:db8:cafe::17"]),
            ("proto=http; for=192.0.2.60;by=203.0.113.43", &["192.0.2.60"]),
            ("for=192.0.2.43, for=198.51.100.17", &["192.0.2.43", "198.51.100.17"]),
            ("for=_secret;by=\"a,b;for=1.1.1.1\", for=198.51.100.17", &["?", "198.51.100.17"]),
            ("proto=https", &["?"]),
        ] {
            assert_eq!(hops(forwarded, "forwarded", &[value]), expected, "{value}");
        }
    }
}
