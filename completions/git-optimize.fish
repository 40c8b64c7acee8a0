# Print an optspec for argparse to handle cmd's options that are independent of any subcommand.
function __fish_git_optimize_global_optspecs
    string join \n h/help V/version
end

function __fish_git_optimize_needs_command
    # Figure out if the current invocation already has a command.
    set -l cmd (commandline -opc)
    set -e cmd[1]
    argparse -s (__fish_git_optimize_global_optspecs) -- $cmd 2>/dev/null
    or return
    if set -q argv[1]
        # Also print the command, so this can be used to figure out what it is.
        echo $argv[1]
        return 1
    end
    return 0
end

function __fish_git_optimize_using_subcommand
    set -l cmd (__fish_git_optimize_needs_command)
    test -z "$cmd"
    and return 1
    contains -- $cmd[1] $argv
end

complete -c git-optimize -n "__fish_git_optimize_needs_command" -s h -l help -d 'Print help'
complete -c git-optimize -n "__fish_git_optimize_needs_command" -s V -l version -d 'Print version'
complete -c git-optimize -n "__fish_git_optimize_needs_command" -f -a "run" -d 'Do what is worth doing: hands over to \'git maintenance run\''
complete -c git-optimize -n "__fish_git_optimize_needs_command" -f -a "index" -d 'The index next to .git'
complete -c git-optimize -n "__fish_git_optimize_needs_command" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c git-optimize -n "__fish_git_optimize_using_subcommand run" -s h -l help -d 'Print help'
complete -c git-optimize -n "__fish_git_optimize_using_subcommand index; and not __fish_seen_subcommand_from build update verify status clear help" -s q -l quiet -d 'Say nothing unless something is wrong'
complete -c git-optimize -n "__fish_git_optimize_using_subcommand index; and not __fish_seen_subcommand_from build update verify status clear help" -l progress -d 'Show progress even when standard error is not a terminal'
complete -c git-optimize -n "__fish_git_optimize_using_subcommand index; and not __fish_seen_subcommand_from build update verify status clear help" -l detached -d 'In a session of its own and with low priority'
complete -c git-optimize -n "__fish_git_optimize_using_subcommand index; and not __fish_seen_subcommand_from build update verify status clear help" -s h -l help -d 'Print help'
complete -c git-optimize -n "__fish_git_optimize_using_subcommand index; and not __fish_seen_subcommand_from build update verify status clear help" -f -a "build" -d 'Build it from scratch'
complete -c git-optimize -n "__fish_git_optimize_using_subcommand index; and not __fish_seen_subcommand_from build update verify status clear help" -f -a "update" -d 'Add what is new, and repair it if it can\'t be used'
complete -c git-optimize -n "__fish_git_optimize_using_subcommand index; and not __fish_seen_subcommand_from build update verify status clear help" -f -a "verify" -d 'Compare it with the repository; exit code 1 when it is wrong'
complete -c git-optimize -n "__fish_git_optimize_using_subcommand index; and not __fish_seen_subcommand_from build update verify status clear help" -f -a "status" -d 'Say where it is, how large, and whether it is up to date'
complete -c git-optimize -n "__fish_git_optimize_using_subcommand index; and not __fish_seen_subcommand_from build update verify status clear help" -f -a "clear" -d 'Remove it'
complete -c git-optimize -n "__fish_git_optimize_using_subcommand index; and not __fish_seen_subcommand_from build update verify status clear help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c git-optimize -n "__fish_git_optimize_using_subcommand index; and __fish_seen_subcommand_from build" -s q -l quiet -d 'Say nothing unless something is wrong'
complete -c git-optimize -n "__fish_git_optimize_using_subcommand index; and __fish_seen_subcommand_from build" -l progress -d 'Show progress even when standard error is not a terminal'
complete -c git-optimize -n "__fish_git_optimize_using_subcommand index; and __fish_seen_subcommand_from build" -l detached -d 'In a session of its own and with low priority'
complete -c git-optimize -n "__fish_git_optimize_using_subcommand index; and __fish_seen_subcommand_from build" -s h -l help -d 'Print help'
complete -c git-optimize -n "__fish_git_optimize_using_subcommand index; and __fish_seen_subcommand_from update" -s q -l quiet -d 'Say nothing unless something is wrong'
complete -c git-optimize -n "__fish_git_optimize_using_subcommand index; and __fish_seen_subcommand_from update" -l progress -d 'Show progress even when standard error is not a terminal'
complete -c git-optimize -n "__fish_git_optimize_using_subcommand index; and __fish_seen_subcommand_from update" -l detached -d 'In a session of its own and with low priority'
complete -c git-optimize -n "__fish_git_optimize_using_subcommand index; and __fish_seen_subcommand_from update" -s h -l help -d 'Print help'
complete -c git-optimize -n "__fish_git_optimize_using_subcommand index; and __fish_seen_subcommand_from verify" -l sample -d 'Only this many commits, evenly spread, instead of all' -r
complete -c git-optimize -n "__fish_git_optimize_using_subcommand index; and __fish_seen_subcommand_from verify" -l deep -d 'Compare with trees, too, what some commits did to paths'
complete -c git-optimize -n "__fish_git_optimize_using_subcommand index; and __fish_seen_subcommand_from verify" -l all -d 'With --deep: what all commits did'
complete -c git-optimize -n "__fish_git_optimize_using_subcommand index; and __fish_seen_subcommand_from verify" -s q -l quiet -d 'Say nothing unless something is wrong'
complete -c git-optimize -n "__fish_git_optimize_using_subcommand index; and __fish_seen_subcommand_from verify" -l progress -d 'Show progress even when standard error is not a terminal'
complete -c git-optimize -n "__fish_git_optimize_using_subcommand index; and __fish_seen_subcommand_from verify" -l detached -d 'In a session of its own and with low priority'
complete -c git-optimize -n "__fish_git_optimize_using_subcommand index; and __fish_seen_subcommand_from verify" -s h -l help -d 'Print help'
complete -c git-optimize -n "__fish_git_optimize_using_subcommand index; and __fish_seen_subcommand_from status" -s q -l quiet -d 'Say nothing unless something is wrong'
complete -c git-optimize -n "__fish_git_optimize_using_subcommand index; and __fish_seen_subcommand_from status" -l progress -d 'Show progress even when standard error is not a terminal'
complete -c git-optimize -n "__fish_git_optimize_using_subcommand index; and __fish_seen_subcommand_from status" -l detached -d 'In a session of its own and with low priority'
complete -c git-optimize -n "__fish_git_optimize_using_subcommand index; and __fish_seen_subcommand_from status" -s h -l help -d 'Print help'
complete -c git-optimize -n "__fish_git_optimize_using_subcommand index; and __fish_seen_subcommand_from clear" -s q -l quiet -d 'Say nothing unless something is wrong'
complete -c git-optimize -n "__fish_git_optimize_using_subcommand index; and __fish_seen_subcommand_from clear" -l progress -d 'Show progress even when standard error is not a terminal'
complete -c git-optimize -n "__fish_git_optimize_using_subcommand index; and __fish_seen_subcommand_from clear" -l detached -d 'In a session of its own and with low priority'
complete -c git-optimize -n "__fish_git_optimize_using_subcommand index; and __fish_seen_subcommand_from clear" -s h -l help -d 'Print help'
complete -c git-optimize -n "__fish_git_optimize_using_subcommand index; and __fish_seen_subcommand_from help" -f -a "build" -d 'Build it from scratch'
complete -c git-optimize -n "__fish_git_optimize_using_subcommand index; and __fish_seen_subcommand_from help" -f -a "update" -d 'Add what is new, and repair it if it can\'t be used'
complete -c git-optimize -n "__fish_git_optimize_using_subcommand index; and __fish_seen_subcommand_from help" -f -a "verify" -d 'Compare it with the repository; exit code 1 when it is wrong'
complete -c git-optimize -n "__fish_git_optimize_using_subcommand index; and __fish_seen_subcommand_from help" -f -a "status" -d 'Say where it is, how large, and whether it is up to date'
complete -c git-optimize -n "__fish_git_optimize_using_subcommand index; and __fish_seen_subcommand_from help" -f -a "clear" -d 'Remove it'
complete -c git-optimize -n "__fish_git_optimize_using_subcommand index; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c git-optimize -n "__fish_git_optimize_using_subcommand help; and not __fish_seen_subcommand_from run index help" -f -a "run" -d 'Do what is worth doing: hands over to \'git maintenance run\''
complete -c git-optimize -n "__fish_git_optimize_using_subcommand help; and not __fish_seen_subcommand_from run index help" -f -a "index" -d 'The index next to .git'
complete -c git-optimize -n "__fish_git_optimize_using_subcommand help; and not __fish_seen_subcommand_from run index help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c git-optimize -n "__fish_git_optimize_using_subcommand help; and __fish_seen_subcommand_from index" -f -a "build" -d 'Build it from scratch'
complete -c git-optimize -n "__fish_git_optimize_using_subcommand help; and __fish_seen_subcommand_from index" -f -a "update" -d 'Add what is new, and repair it if it can\'t be used'
complete -c git-optimize -n "__fish_git_optimize_using_subcommand help; and __fish_seen_subcommand_from index" -f -a "verify" -d 'Compare it with the repository; exit code 1 when it is wrong'
complete -c git-optimize -n "__fish_git_optimize_using_subcommand help; and __fish_seen_subcommand_from index" -f -a "status" -d 'Say where it is, how large, and whether it is up to date'
complete -c git-optimize -n "__fish_git_optimize_using_subcommand help; and __fish_seen_subcommand_from index" -f -a "clear" -d 'Remove it'
