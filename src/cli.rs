//! The command line's shape: every command and option with the words that explain it.
//!
//! `--help`, the reference manual's list and the refusals of wrong usage are all made from this one table.

pub mod environment;
pub mod size;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

/// The names of the themes, the default first.
pub const THEMES: [&str; 5] = ["terminal", "dark", "light", "mono", "high-contrast"];

/// Learn streams by doing: a terminal lab with a real, embedded Kinesis API.
///
/// Without a command it opens the lab. Everything runs on this machine unless --aws or --endpoint-url is given: no
/// account, no Docker, no network.
#[derive(Debug, Parser)]
#[command(
    name = "kinesis-lab",
    version,
    args_conflicts_with_subcommands = true,
    subcommand_precedence_over_arg = true
)]
pub struct Cli {
    /// What to do instead of opening the lab.
    #[command(subcommand)]
    pub command: Option<Command>,
    /// How to open the lab.
    #[command(flatten)]
    pub lab: LabOptions,
}

/// The commands beside the lab itself.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Open the lab in present mode: large, for a room
    ///
    /// Every option of the lab holds. P leads to the full lab and back.
    Present(LabOptions),
    /// Show the instructor's notes of the lab that runs, on a second screen
    ///
    /// It follows the lab in another terminal: the note, this step and the next, the time, and what the room sees.
    Notes(NotesOptions),
    /// Run only the embedded Kinesis server, until Ctrl-C or SIGTERM
    ///
    /// It speaks the API of Amazon Kinesis Data Streams over HTTP/1.1 and HTTP/2 on 127.0.0.1, for programs and tests of
    /// your own: no account, no Docker, no network.
    Serve(ServeOptions),
    /// Print the variables that point an AWS client of this shell at the running lab
    Env(EnvOptions),
    /// Write a lesson to begin with: lesson.md, lab.toml and a script in a new folder
    New(NewOptions),
    /// Say what the lab understands of lessons, and what their authors should mend
    ///
    /// Exit code 0: no errors. 1: errors. 2: unusable arguments.
    ///
    /// With --run the lesson's scripts run with your rights, as if you had typed their commands: run lessons that you trust.
    Check(CheckOptions),
    /// Run all scenes of lessons without a screen, each on a fresh server, and see that they show what they say
    ///
    /// Exit code 0: all hold. 1: something does not, and which step is said. 2: unusable arguments.
    Rehearse(RehearseOptions),
    /// Print what you did in lessons: goals, questions, steps, predictions, time
    ///
    /// It needs no running lab. Your private notes are in --md and --json, unless --without-notes is given.
    Report(ReportOptions),
    /// Play a recorded run again; nothing leaves the lab, and no progress is touched
    ///
    /// Keys: Space pauses, + and - change the speed, . goes to the next change, the arrows 10 seconds back or on, g to the
    /// start, G to the end, q leaves.
    Replay(ReplayOptions),
    /// Forget the saved progress, or with --streams the kept streams
    Reset(ResetOptions),
}

/// Options of the lab.
#[derive(Debug, Clone, Args)]
pub struct LabOptions {
    /// The lesson to open: a file, with the lab.toml beside it, or the name of a built-in module [default: the one open last]
    #[arg(value_name = "LESSON")]
    pub lesson: Option<PathBuf>,
    /// Use this endpoint (LocalStack and its like) instead of the embedded server
    #[arg(long, value_name = "URL", conflicts_with_all = ["aws", "ServerOptions"])]
    pub endpoint_url: Option<String>,
    /// Use real AWS: your account, at real cost; asks before the first write
    #[arg(long, conflicts_with = "ServerOptions")]
    pub aws: bool,
    /// Profile of your AWS configuration (with --aws or --endpoint-url)
    #[arg(long, value_name = "NAME")]
    pub profile: Option<String>,
    /// Region (with --aws or --endpoint-url); the embedded server is in us-east-1
    #[arg(long, value_name = "NAME")]
    pub region: Option<String>,
    /// Write the lesson's files into this folder and run them there [default: ~/kinesis-lab/MODULE]
    #[arg(long, value_name = "DIR")]
    pub work: Option<PathBuf>,
    /// How the embedded server runs.
    #[command(flatten)]
    pub server: ServerOptions,
    /// The same lab as printed lines and numbered choices, for screen readers and pipes
    #[arg(long)]
    pub plain: bool,
    /// Record this run in a new file, for replay: your keys, names, partition keys and all answers; of payloads, private
    /// notes and what programs print only the sizes
    #[arg(long, value_name = "FILE")]
    pub record: Option<PathBuf>,
    /// Keep payloads, private notes and what programs print in the recording
    #[arg(long, requires = "record")]
    pub with_payloads: bool,
    /// How it looks.
    #[command(flatten)]
    pub appearance: Appearance,
}

/// How a screen looks.
#[derive(Debug, Clone, Args)]
pub struct Appearance {
    /// Colours of the screen; remembered when changed with T
    #[arg(long, value_name = "NAME", value_parser = THEMES)]
    pub theme: Option<String>,
    /// Draw frames and marks with ASCII characters only
    #[arg(long)]
    pub ascii: bool,
    /// Whether to use colours; auto obeys NO_COLOR
    #[arg(long, value_enum, default_value_t = Color::Auto, value_name = "WHEN")]
    pub color: Color,
}

/// Options of `notes`.
#[derive(Debug, Clone, Args)]
pub struct NotesOptions {
    /// How it looks.
    #[command(flatten)]
    pub appearance: Appearance,
}

impl LabOptions {
    /// What is wrong with options that are right one by one.
    pub fn contradiction(&self) -> Option<&'static str> {
        let embedded = !self.aws && self.endpoint_url.is_none();
        if embedded && self.profile.is_some() {
            return Some("--profile is only used with --aws or --endpoint-url");
        }
        if embedded && self.region.is_some() {
            return Some("--region is only used with --aws or --endpoint-url");
        }
        None
    }
}

/// When to use colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Color {
    /// Colours unless NO_COLOR is set.
    Auto,
    /// Weight, marks and words carry everything.
    Never,
}

/// Options of the embedded server, the same in the lab and for `serve`.
#[derive(Debug, Clone, Args)]
pub struct ServerOptions {
    /// Port of the embedded server; 0 takes any free one [default: 4567, or the next free one]
    #[arg(long, value_name = "PORT")]
    pub port: Option<u16>,
    /// Change streams at once, or as slowly as AWS does
    #[arg(long, value_enum, default_value_t = Timing::Instant, value_name = "HOW")]
    pub timing: Timing,
    /// Keep the streams in this folder [default: the lab keeps them in its state folder, serve in memory only]
    #[arg(long, value_name = "DIR")]
    pub data: Option<PathBuf>,
    /// Answer a write only once it would survive a power cut (where streams are kept in a folder)
    #[arg(long)]
    pub fsync: bool,
    /// How much the records in that folder may take, each with 128 bytes on top, e.g. 500000, 512MiB, 2GiB
    #[arg(long, value_name = "SIZE", value_parser = size::parse, default_value = "2GiB")]
    pub disk_limit: usize,
    /// Which limits of AWS hold: those of each shard, those of the calls that manage streams too, or none, for load
    #[arg(long, value_enum, default_value_t = Rates::Shards, value_name = "WHICH")]
    pub limits: Rates,
    /// Let some reads come back empty although records lie ahead, as on AWS
    #[arg(long)]
    pub empty_pages: bool,
    /// The most memory that records may take, as 256MiB or 1GiB; at it, puts fail
    #[arg(long, value_name = "SIZE", default_value = "256MiB", value_parser = size::parse)]
    pub memory_limit: usize,
    /// At that limit let the oldest records go, before their retention ends, instead of failing puts
    #[arg(long)]
    pub trim_early: bool,
}

/// Which limits hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Rates {
    /// None.
    Off,
    /// Per shard: 1,000 records and 1 MiB written, 5 reads and 2 MiB read a second.
    Shards,
    /// Those, and the calls a second of everything else, as 5 CreateStream.
    All,
}

/// How long streams take to change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Timing {
    /// A change is complete before its call answers.
    Instant,
    /// CREATING 15 s, UPDATING 30 s, DELETING 10 s.
    Aws,
}

/// Options of `serve`.
#[derive(Debug, Clone, Args)]
#[command(after_help = SERVE_EXAMPLES)]
pub struct ServeOptions {
    /// How the server runs.
    #[command(flatten)]
    pub server: ServerOptions,
    /// Create these streams at the start, of one shard where no number is given; one that exists is left as it is
    #[arg(
        long,
        value_name = "NAME[:SHARDS],...",
        value_delimiter = ',',
        value_parser = new_stream
    )]
    pub streams: Vec<NewStream>,
    /// Let programs move the clock and ask for faults: GET and POST /kinesis-lab/control (see docs/server.md)
    #[arg(long)]
    pub admin: bool,
    /// Answer web pages as well, as Kinesis does; otherwise requests with an Origin header are refused
    #[arg(long)]
    pub cors: bool,
    /// Write a line for each call to standard error
    #[arg(long, value_enum, value_name = "FORMAT")]
    pub log: Option<LogFormat>,
}

impl ServeOptions {
    /// What is wrong with options that are right one by one.
    pub fn contradiction(&self) -> Option<String> {
        let mut names: Vec<_> = self.streams.iter().map(|stream| &stream.name).collect();
        names.sort_unstable();
        let twice = names.windows(2).find(|pair| pair[0] == pair[1])?;
        Some(format!("--streams names {} twice", twice[0]))
    }
}

const SERVE_EXAMPLES: &str = "\
Examples:
  kinesis-lab serve --streams orders:4,clicks     two streams, ready for use
  kinesis-lab serve --port 4568 --log text        another port, and every call on the terminal

Any AWS client that is given the address uses it, with any credentials and region:
  aws kinesis list-streams --endpoint-url http://127.0.0.1:4567
  boto3.client(\"kinesis\", endpoint_url=\"http://127.0.0.1:4567\")
  eval \"$(kinesis-lab env)\"                       for everything started from this shell";

/// How `--log` writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    /// For people: a line of words and numbers.
    Text,
    /// For programs: a JSON object on each line.
    Json,
}

/// A stream that `--streams` asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewStream {
    /// Its name.
    pub name: String,
    /// How many shards it has.
    pub shards: u32,
}

/// Reads `NAME` or `NAME:SHARDS`.
fn new_stream(text: &str) -> Result<NewStream, String> {
    let (name, shards) = match text.split_once(':') {
        None => (text, Some(1)),
        Some((name, number)) => (name, number.parse().ok().filter(|shards| *shards > 0)),
    };
    let shards = shards.ok_or("after the colon stands the number of shards, 1 or more")?;
    let fits = |c: char| c.is_ascii_alphanumeric() || "_.-".contains(c);
    if name.is_empty() || name.len() > 128 || !name.chars().all(fits) {
        return Err(
            "a stream's name is 1 to 128 letters, digits, dots, hyphens and underscores".into(),
        );
    }
    Ok(NewStream {
        name: name.to_owned(),
        shards,
    })
}

/// Options of `env`.
#[derive(Debug, Clone, Args)]
pub struct EnvOptions {
    /// The shell to write for
    #[arg(long, value_enum, default_value_t = Shell::Bash)]
    pub shell: Shell,
}

/// A shell whose language `env` writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Shell {
    /// bash, zsh and every other POSIX shell.
    Bash,
    /// fish.
    Fish,
    /// PowerShell.
    #[value(name = "powershell")]
    PowerShell,
}

/// Options of `new`.
#[derive(Debug, Clone, Args)]
pub struct NewOptions {
    /// The folder to write it into; files that are there are never touched
    #[arg(value_name = "FOLDER")]
    pub folder: PathBuf,
}

/// Options of `check`.
#[derive(Debug, Clone, Args)]
pub struct CheckOptions {
    /// Lessons, or folders in which every .md file that looks like a lesson is checked
    #[arg(value_name = "FILE|DIR", required = true)]
    pub paths: Vec<PathBuf>,
    /// Print one JSON object, as docs/authoring.md describes it
    #[arg(long)]
    pub json: bool,
    /// Also run the lesson's scripts, with your rights, in a temporary folder against a fresh embedded server
    #[arg(long)]
    pub run: bool,
    /// After how many seconds a script that does not end is ended.
    #[arg(long, hide = true, default_value_t = 60, value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(1..=86_400))]
    pub run_seconds: u64,
}

/// Options of `rehearse`.
#[derive(Debug, Clone, Args)]
pub struct RehearseOptions {
    /// Lessons, or folders in which every .md file that looks like a lesson is taken [default: the built-in modules]
    #[arg(value_name = "LESSON|DIR")]
    pub paths: Vec<PathBuf>,
    /// Run them on this endpoint; steps that move the clock or make faults are skipped there
    #[arg(long, value_name = "URL")]
    pub endpoint_url: Option<String>,
}

/// Options of `report`.
#[derive(Debug, Clone, Args)]
pub struct ReportOptions {
    /// The lesson's file, or the name of a built-in module [default: all lessons that you opened]
    #[arg(value_name = "LESSON")]
    pub lesson: Option<PathBuf>,
    /// Print one JSON object, as docs/report.md describes it
    #[arg(long, conflicts_with = "md")]
    pub json: bool,
    /// Print markdown, to hand in
    #[arg(long)]
    pub md: bool,
    /// Leave your private notes out
    #[arg(long)]
    pub without_notes: bool,
}

/// Options of `replay`.
#[derive(Debug, Clone, Args)]
pub struct ReplayOptions {
    /// What kinesis-lab --record wrote
    #[arg(value_name = "FILE")]
    pub recording: PathBuf,
    /// How fast to play it at first, from 0.25 to 64
    #[arg(long, default_value = "1", value_name = "TIMES", value_parser = speed)]
    pub speed: u32,
    /// Play it at once and without a screen, and say whether it comes to the same end as the run
    #[arg(long)]
    pub check: bool,
    /// How it looks.
    #[command(flatten)]
    pub appearance: Appearance,
}

/// Reads how many times as fast as the run something is to be played; gives hundredths.
fn speed(text: &str) -> Result<u32, String> {
    let times: f64 = text.parse().map_err(|_| "write a number, as 4 or 0.5")?;
    match (0.25..=64.0).contains(&times) {
        true => Ok((times * 100.0) as u32),
        false => Err("it plays from 0.25 to 64 times as fast as the run was".into()),
    }
}

/// Options of `reset`.
#[derive(Debug, Clone, Args)]
pub struct ResetOptions {
    /// Empty the streams that the lab kept instead, and set its clock back; also where they are damaged
    #[arg(long)]
    pub streams: bool,
    /// Do not ask
    #[arg(long)]
    pub yes: bool,
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    fn parse(line: &str) -> Result<Cli, clap::Error> {
        Cli::try_parse_from(line.split_whitespace())
    }

    #[test]
    fn the_table_is_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn every_option_and_command_is_explained() {
        fn walk(command: &clap::Command) {
            assert!(command.get_about().is_some(), "{}", command.get_name());
            for argument in command.get_arguments() {
                assert!(argument.get_help().is_some(), "{}", argument.get_id());
            }
            command.get_subcommands().for_each(walk);
        }
        walk(&Cli::command());
    }

    #[test]
    fn a_file_opens_the_lab_and_a_word_of_the_table_is_a_command() {
        let cli = parse("kinesis-lab lesson.md --port 0").expect("valid");
        assert_eq!(cli.lab.lesson, Some(PathBuf::from("lesson.md")));
        assert!(cli.command.is_none());
        let cli = parse("kinesis-lab serve --port 0").expect("valid");
        assert!(matches!(
            cli.command,
            Some(Command::Serve(options)) if options.server.port == Some(0)
        ));
    }

    #[test]
    fn streams_are_given_by_name_with_a_number_of_shards_or_without() {
        let streams = |line: &str| match parse(&format!("kinesis-lab serve --streams {line}")) {
            Ok(Cli {
                command: Some(Command::Serve(options)),
                ..
            }) => match options.contradiction() {
                None => Ok(options
                    .streams
                    .into_iter()
                    .map(|s| (s.name, s.shards))
                    .collect()),
                Some(why) => Err(why),
            },
            Ok(_) => panic!("another command"),
            Err(error) => Err(error.to_string()),
        };
        let expected = [("a-b_c.d".to_owned(), 4), ("x".to_owned(), 1)];
        assert_eq!(streams("a-b_c.d:4,x"), Ok(expected.to_vec()));
        for (line, words) in [
            ("x:0", "number of shards, 1 or more"),
            ("x:-1", "number of shards, 1 or more"),
            ("x:", "number of shards, 1 or more"),
            ("x:two", "number of shards, 1 or more"),
            ("x:1:2", "number of shards, 1 or more"),
            ("x:99999999999", "number of shards, 1 or more"),
            (":1", "1 to 128 letters"),
            ("x,,y", "1 to 128 letters"),
            ("a/b", "1 to 128 letters"),
            ("x,y,x:2", "names x twice"),
        ] {
            let refused = streams(line).expect_err("refused");
            assert!(refused.contains(words), "{line}: {refused}");
        }
    }

    #[test]
    fn contradictions_are_refused() {
        for line in [
            "kinesis-lab --aws --endpoint-url http://localhost:4566",
            "kinesis-lab --aws --port 1",
            "kinesis-lab --endpoint-url http://localhost:4566 --timing aws",
            "kinesis-lab --theme beige",
            "kinesis-lab --port 65536",
            "kinesis-lab lesson.md env",
        ] {
            assert!(parse(line).is_err(), "{line}");
        }
        let contradiction = |line| parse(line).expect("parses").lab.contradiction();
        assert!(contradiction("kinesis-lab --profile me").is_some());
        assert!(contradiction("kinesis-lab --region eu-west-1").is_some());
        assert!(contradiction("kinesis-lab --aws --profile me --region eu-west-1").is_none());
    }
}
