//! Environment variables of the configuration.

use clap::{Arg, Command};

/// The command, for which an empty variable is one that is not set, as in a Compose file that passes all of them on.
pub(crate) fn without_empty_variables(command: Command) -> Command {
    command.mut_args(ignore_empty).mut_subcommands(without_empty_variables)
}

fn ignore_empty(arg: Arg) -> Arg {
    let value = arg.get_env().map(std::env::var_os);
    match value.flatten() {
        Some(value) if value.is_empty() => arg.env(None),
        _ => arg,
    }
}
