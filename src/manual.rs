//! What the program says about its own command line, for shells and for `man`: made from [`Config`], so it is always so.

use clap::CommandFactory;
use clap_complete::Shell;
use clap_mangen::Man;

use crate::config::Config;

/// The completions for a shell.
pub fn completions(shell: Shell) -> Vec<u8> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Config::command(), "queue-hooks", &mut script);
    script
}

/// The manual page of the program, or that of a command: `["person", "add"]`. The error is one sentence.
pub fn page(of: &[String]) -> Result<Vec<u8>, String> {
    let mut whole = Config::command().disable_help_subcommand(true);
    whole.build();
    let mut command = &whole;
    for name in of {
        let unknown = || format!("There is no command “{}”; queue-hooks help lists them", of.join(" "));
        command = command.find_subcommand(name).ok_or_else(unknown)?;
    }
    let mut page = Vec::new();
    Man::new(command.clone()).render(&mut page).map_err(|cause| format!("The page cannot be made: {cause}"))?;
    Ok(page)
}
