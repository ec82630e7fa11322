//! The command line that runs a case of this run again, for reports.

use conformance::report::CommandLine;
use conformance::verdict::Profile;

use super::{Auth, Chosen, ClientArgs, ReplayArgs, ServerArgs};

/// Of `test server`. The URL is shown without what is secret in it.
pub(super) fn server(args: &ServerArgs, url: &str, profile: Profile) -> CommandLine {
    let mut words = begin("server", &args.chosen, profile);
    words.push(url.to_owned());
    with_mutant(&mut words, args.mutant.as_deref());
    if args.auth == Auth::Strict {
        words.extend(["--auth".to_owned(), "strict".to_owned()]);
    }
    with_token(CommandLine::new(words), args.token.as_deref())
}

/// Of `test client`.
pub(super) fn client(args: &ClientArgs, profile: Profile) -> CommandLine {
    let mut words = begin("client", &args.chosen, profile);
    if args.lines {
        words.push("--lines".to_owned());
    }
    with_mutant(&mut words, args.mutant.as_deref());
    let token = args.token.as_deref();
    // The program may be given the credential in its own arguments, too.
    let client = args.command.iter().map(|word| match token {
        Some(token) => word.replace(token, "***"),
        None => word.clone(),
    });
    with_token(CommandLine::new(words), token).with_client(client)
}

/// Of `test replay`.
pub(super) fn replay(args: &ReplayArgs, profile: Profile) -> CommandLine {
    let mut words = begin("replay", &args.chosen, profile);
    words.extend(args.dir.iter().map(|dir| dir.display().to_string()));
    CommandLine::new(words)
}

fn begin(kind: &str, chosen: &Chosen, profile: Profile) -> Vec<String> {
    let mut words = ["mynah", "test", kind].map(ToOwned::to_owned).to_vec();
    if profile != Profile::default() {
        words.extend(["--profile".to_owned(), profile.name().to_owned()]);
    }
    if chosen.seed != 0 {
        words.extend(["--seed".to_owned(), chosen.seed.to_string()]);
    }
    words
}

fn with_mutant(words: &mut Vec<String>, mutant: Option<&str>) {
    if let Some(mutant) = mutant {
        words.extend(["--mutant".to_owned(), mutant.to_owned()]);
    }
}

fn with_token(line: CommandLine, token: Option<&str>) -> CommandLine {
    match token {
        Some(_) => line.with_token(),
        None => line,
    }
}
