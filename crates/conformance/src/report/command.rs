//! The command line of a run, for running one of its cases again.

/// A command line in the words of a shell, without what chooses cases and writes reports.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CommandLine {
    words: Vec<String>,
    client: Vec<String>,
}

impl CommandLine {
    /// A command line of these words. A credential is never among them: say `--token` with
    /// [`CommandLine::with_token`].
    #[must_use]
    pub fn new(words: impl IntoIterator<Item = String>) -> Self {
        Self {
            words: words.into_iter().map(|word| quoted(&word)).collect(),
            client: Vec::new(),
        }
    }

    /// The same with a credential, which whoever runs it has to put in.
    #[must_use]
    pub fn with_token(mut self) -> Self {
        self.words
            .extend(["--token", "\"$TOKEN\""].map(ToOwned::to_owned));
        self
    }

    /// The same with the program that it judges.
    #[must_use]
    pub fn with_client(mut self, words: impl IntoIterator<Item = String>) -> Self {
        self.client = words.into_iter().map(|word| quoted(&word)).collect();
        self
    }

    /// The line that runs one case.
    #[must_use]
    pub fn of_case(&self, id: &str) -> String {
        self.with(&["--case", id])
    }

    /// The line that runs one case of a folder of cases.
    pub(super) fn of_case_in(&self, folder: &str, id: &str) -> String {
        self.with(&["--cases", folder, "--case", id])
    }

    fn with(&self, more: &[&str]) -> String {
        let more = more.iter().map(|word| quoted(word));
        let mut words: Vec<String> = self.words.iter().cloned().chain(more).collect();
        if !self.client.is_empty() {
            words.push("--".to_owned());
            words.extend(self.client.iter().cloned());
        }
        words.join(" ")
    }
}

/// A word as a POSIX shell reads it.
fn quoted(word: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_./:=,@%+".contains(c);
    match !word.is_empty() && word.chars().all(is_plain) {
        true => word.to_owned(),
        false => format!("'{}'", word.replace('\'', "'\\''")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_case_is_run_again_by_a_line_for_a_shell() {
        let line = CommandLine::new(["mynah", "test", "client"].map(ToOwned::to_owned))
            .with_token()
            .with_client(["python3", "my client.py", "it's"].map(ToOwned::to_owned));
        insta::assert_snapshot!(line.of_case("ABC-AAAA"), @r#"mynah test client --token "$TOKEN" --case ABC-AAAA -- python3 'my client.py' 'it'\''s'"#);
    }
}
