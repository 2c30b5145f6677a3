//! What SNS and S3 say in XML: short answers of known shape, of which a text or two is read.

/// The text of the first element of this name.
pub(crate) fn first(xml: &str, name: &str) -> Option<String> {
    inside(xml, name).map(plain)
}

/// The inside of the first element of this name.
pub(crate) fn inside<'x>(xml: &'x str, name: &str) -> Option<&'x str> {
    let (_, rest) = xml.split_once(&format!("<{name}>"))?;
    rest.split_once(&format!("</{name}>")).map(|(inside, _)| inside)
}

/// The inside of every element of this name.
pub(crate) fn each<'x>(xml: &'x str, name: &str) -> Vec<&'x str> {
    let (open, close) = (format!("<{name}>"), format!("</{name}>"));
    xml.split(open.as_str())
        .skip(1)
        .filter_map(|rest| rest.split_once(close.as_str()).map(|(inside, _)| inside))
        .collect()
}

fn plain(text: &str) -> String {
    let text = text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&apos;", "'");
    text.replace("&amp;", "&")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_found_wherever_they_stand() {
        let xml = "<R><Failed><member><Id>3</Id><Code>a&lt;b &amp;amp;</Code></member><member><Id>7</Id></member></Failed></R>";
        assert_eq!(first(xml, "Code").as_deref(), Some("a<b &amp;"));
        let failed = inside(xml, "Failed").unwrap_or_default();
        let ids: Vec<_> = each(failed, "member").into_iter().filter_map(|member| first(member, "Id")).collect();
        assert_eq!(ids, ["3", "7"]);
        assert_eq!((first(xml, "Message"), each("<a>", "a").len()), (None, 0));
    }
}
