# Print an optspec for argparse to handle cmd's options that are independent of any subcommand.
function __fish_git_optimize_global_optspecs
    string join \n auto full task= n/dry-run time-budget= detach low-priority only-on-ac json q/quiet V/version h/help
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

complete -c git-optimize -n "__fish_git_optimize_needs_command" -l task -d 'Only this task, worth it or not; can be given several times' -r -f -a "temporaries\t'Remove files that killed processes have left, once nothing uses them'
pack-refs\t'Loose refs into one file: git pack-refs --all --prune'
multi-pack-index\t'One index for all packs, where there are many: git multi-pack-index write'
index\t'Bring the index of git fastlog up to date'
status\t'What git faststatus remembers of the worktree, where there is nothing yet'
commit-graph\t'git commit-graph write --reachable --split --changed-paths'
loose-objects\t'Loose objects into a pack'
repack\t'Join packs geometrically, with a multi-pack index; with --full, all of them into one'
bitmap\t'A reachability bitmap, for fetch and clone'
reflog\t'Expire old entries of reflogs, once a day, as git gc does'
rerere\t'Forget old resolutions of conflicts, once a day, as git gc does'
worktrees\t'Forget worktrees that are gone, once a day, as git gc does'"
complete -c git-optimize -n "__fish_git_optimize_needs_command" -l time-budget -d 'Stop after so long (90s, 10m, 2h); the next run goes on' -r
complete -c git-optimize -n "__fish_git_optimize_needs_command" -l auto -d 'Only what is pressing; when that is nothing, this ends after a few milliseconds'
complete -c git-optimize -n "__fish_git_optimize_needs_command" -l full -d 'All tasks that change anything, and all packs into one'
complete -c git-optimize -n "__fish_git_optimize_needs_command" -s n -l dry-run -d 'Say what would be done, why, and what it would cost and gain'
complete -c git-optimize -n "__fish_git_optimize_needs_command" -l detach -d 'Look, then work in the background'
complete -c git-optimize -n "__fish_git_optimize_needs_command" -l low-priority -d 'Give way to other processes; the default when standard error is not a terminal'
complete -c git-optimize -n "__fish_git_optimize_needs_command" -l only-on-ac -d 'Do nothing while the machine runs on battery'
complete -c git-optimize -n "__fish_git_optimize_needs_command" -l json -d 'One JSON object in each line, while it runs'
complete -c git-optimize -n "__fish_git_optimize_needs_command" -s q -l quiet -d 'Say nothing unless something is wrong'
complete -c git-optimize -n "__fish_git_optimize_needs_command" -s V -l version -d 'Print the version, and that of git'
complete -c git-optimize -n "__fish_git_optimize_needs_command" -s h -l help -d 'Print help'
complete -c git-optimize -n "__fish_git_optimize_needs_command" -f -a "run" -d 'Look what is worth doing, and do it; the default'
complete -c git-optimize -n "__fish_git_optimize_needs_command" -f -a "index" -d 'The index next to .git'
complete -c git-optimize -n "__fish_git_optimize_needs_command" -f -a "doctor" -d 'Say what is set up, what is missing and what is in the way, with the command that mends it'
complete -c git-optimize -n "__fish_git_optimize_needs_command" -f -a "clone" -d 'Clone a large repository: with the recommended configuration, and the index built'
complete -c git-optimize -n "__fish_git_optimize_needs_command" -f -a "report" -d 'What the repository consists of, what is too large, and what to do about it'
complete -c git-optimize -n "__fish_git_optimize_needs_command" -f -a "stats" -d 'How often the three programs ran in this repository, how long they took, and who answered'
complete -c git-optimize -n "__fish_git_optimize_needs_command" -f -a "cache" -d 'What is remembered beside the index'
complete -c git-optimize -n "__fish_git_optimize_needs_command" -f -a "schedule" -d 'Run by itself: install, remove or show the entry that does it'
complete -c git-optimize -n "__fish_git_optimize_needs_command" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c git-optimize -n "__fish_git_optimize_using_subcommand run" -l task -d 'Only this task, worth it or not; can be given several times' -r -f -a "temporaries\t'Remove files that killed processes have left, once nothing uses them'
pack-refs\t'Loose refs into one file: git pack-refs --all --prune'
multi-pack-index\t'One index for all packs, where there are many: git multi-pack-index write'
index\t'Bring the index of git fastlog up to date'
status\t'What git faststatus remembers of the worktree, where there is nothing yet'
commit-graph\t'git commit-graph write --reachable --split --changed-paths'
loose-objects\t'Loose objects into a pack'
repack\t'Join packs geometrically, with a multi-pack index; with --full, all of them into one'
bitmap\t'A reachability bitmap, for fetch and clone'
reflog\t'Expire old entries of reflogs, once a day, as git gc does'
rerere\t'Forget old resolutions of conflicts, once a day, as git gc does'
worktrees\t'Forget worktrees that are gone, once a day, as git gc does'"
complete -c git-optimize -n "__fish_git_optimize_using_subcommand run" -l time-budget -d 'Stop after so long (90s, 10m, 2h); the next run goes on' -r
complete -c git-optimize -n "__fish_git_optimize_using_subcommand run" -l auto -d 'Only what is pressing; when that is nothing, this ends after a few milliseconds'
complete -c git-optimize -n "__fish_git_optimize_using_subcommand run" -l full -d 'All tasks that change anything, and all packs into one'
complete -c git-optimize -n "__fish_git_optimize_using_subcommand run" -s n -l dry-run -d 'Say what would be done, why, and what it would cost and gain'
complete -c git-optimize -n "__fish_git_optimize_using_subcommand run" -l detach -d 'Look, then work in the background'
complete -c git-optimize -n "__fish_git_optimize_using_subcommand run" -l low-priority -d 'Give way to other processes; the default when standard error is not a terminal'
complete -c git-optimize -n "__fish_git_optimize_using_subcommand run" -l only-on-ac -d 'Do nothing while the machine runs on battery'
complete -c git-optimize -n "__fish_git_optimize_using_subcommand run" -l json -d 'One JSON object in each line, while it runs'
complete -c git-optimize -n "__fish_git_optimize_using_subcommand run" -s q -l quiet -d 'Say nothing unless something is wrong'
complete -c git-optimize -n "__fish_git_optimize_using_subcommand run" -s h -l help -d 'Print help'
complete -c git-optimize -n "__fish_git_optimize_using_subcommand index; and not __fish_seen_subcommand_from build update verify status clear help" -s q -l quiet -d 'Say nothing unless something is wrong'
complete -c git-optimize -n "__fish_git_optimize_using_subcommand index; and not __fish_seen_subcommand_from build update verify status clear help" -l progress -d 'Show progress even when standard error is not a terminal: a line now and then'
complete -c git-optimize -n "__fish_git_optimize_using_subcommand index; and not __fish_seen_subcommand_from build update verify status clear help" -l detached -d 'In a session of its own and with low priority'
complete -c git-optimize -n "__fish_git_optimize_using_subcommand index; and not __fish_seen_subcommand_from build update verify status clear help" -s h -l help -d 'Print help'
complete -c git-optimize -n "__fish_git_optimize_using_subcommand index; and not __fish_seen_subcommand_from build update verify status clear help" -f -a "build" -d 'Build it from scratch'
complete -c git-optimize -n "__fish_git_optimize_using_subcommand index; and not __fish_seen_subcommand_from build update verify status clear help" -f -a "update" -d 'Add what is new, finish what was stopped halfway, and repair it if it can\'t be used'
complete -c git-optimize -n "__fish_git_optimize_using_subcommand index; and not __fish_seen_subcommand_from build update verify status clear help" -f -a "verify" -d 'Compare it with the repository; exit code 1 when it is wrong'
complete -c git-optimize -n "__fish_git_optimize_using_subcommand index; and not __fish_seen_subcommand_from build update verify status clear help" -f -a "status" -d 'Say where it is, how large, and whether it is up to date'
complete -c git-optimize -n "__fish_git_optimize_using_subcommand index; and not __fish_seen_subcommand_from build update verify status clear help" -f -a "clear" -d 'Remove it'
complete -c git-optimize -n "__fish_git_optimize_using_subcommand index; and not __fish_seen_subcommand_from build update verify status clear help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c git-optimize -n "__fish_git_optimize_using_subcommand index; and __fish_seen_subcommand_from build" -s q -l quiet -d 'Say nothing unless something is wrong'
complete -c git-optimize -n "__fish_git_optimize_using_subcommand index; and __fish_seen_subcommand_from build" -l progress -d 'Show progress even when standard error is not a terminal: a line now and then'
complete -c git-optimize -n "__fish_git_optimize_using_subcommand index; and __fish_seen_subcommand_from build" -l detached -d 'In a session of its own and with low priority'
complete -c git-optimize -n "__fish_git_optimize_using_subcommand index; and __fish_seen_subcommand_from build" -s h -l help -d 'Print help'
complete -c git-optimize -n "__fish_git_optimize_using_subcommand index; and __fish_seen_subcommand_from update" -s q -l quiet -d 'Say nothing unless something is wrong'
complete -c git-optimize -n "__fish_git_optimize_using_subcommand index; and __fish_seen_subcommand_from update" -l progress -d 'Show progress even when standard error is not a terminal: a line now and then'
complete -c git-optimize -n "__fish_git_optimize_using_subcommand index; and __fish_seen_subcommand_from update" -l detached -d 'In a session of its own and with low priority'
complete -c git-optimize -n "__fish_git_optimize_using_subcommand index; and __fish_seen_subcommand_from update" -s h -l help -d 'Print help'
complete -c git-optimize -n "__fish_git_optimize_using_subcommand index; and __fish_seen_subcommand_from verify" -l sample -d 'Only this many commits, evenly spread, instead of all' -r
complete -c git-optimize -n "__fish_git_optimize_using_subcommand index; and __fish_seen_subcommand_from verify" -l deep -d 'Compare with trees, too, what some commits did to paths'
complete -c git-optimize -n "__fish_git_optimize_using_subcommand index; and __fish_seen_subcommand_from verify" -l all -d 'With --deep: what all commits did'
complete -c git-optimize -n "__fish_git_optimize_using_subcommand index; and __fish_seen_subcommand_from verify" -s q -l quiet -d 'Say nothing unless something is wrong'
complete -c git-optimize -n "__fish_git_optimize_using_subcommand index; and __fish_seen_subcommand_from verify" -l progress -d 'Show progress even when standard error is not a terminal: a line now and then'
complete -c git-optimize -n "__fish_git_optimize_using_subcommand index; and __fish_seen_subcommand_from verify" -l detached -d 'In a session of its own and with low priority'
complete -c git-optimize -n "__fish_git_optimize_using_subcommand index; and __fish_seen_subcommand_from verify" -s h -l help -d 'Print help'
complete -c git-optimize -n "__fish_git_optimize_using_subcommand index; and __fish_seen_subcommand_from status" -s q -l quiet -d 'Say nothing unless something is wrong'
complete -c git-optimize -n "__fish_git_optimize_using_subcommand index; and __fish_seen_subcommand_from status" -l progress -d 'Show progress even when standard error is not a terminal: a line now and then'
complete -c git-optimize -n "__fish_git_optimize_using_subcommand index; and __fish_seen_subcommand_from status" -l detached -d 'In a session of its own and with low priority'
complete -c git-optimize -n "__fish_git_optimize_using_subcommand index; and __fish_seen_subcommand_from status" -s h -l help -d 'Print help'
complete -c git-optimize -n "__fish_git_optimize_using_subcommand index; and __fish_seen_subcommand_from clear" -s q -l quiet -d 'Say nothing unless something is wrong'
complete -c git-optimize -n "__fish_git_optimize_using_subcommand index; and __fish_seen_subcommand_from clear" -l progress -d 'Show progress even when standard error is not a terminal: a line now and then'
complete -c git-optimize -n "__fish_git_optimize_using_subcommand index; and __fish_seen_subcommand_from clear" -l detached -d 'In a session of its own and with low priority'
complete -c git-optimize -n "__fish_git_optimize_using_subcommand index; and __fish_seen_subcommand_from clear" -s h -l help -d 'Print help'
complete -c git-optimize -n "__fish_git_optimize_using_subcommand index; and __fish_seen_subcommand_from help" -f -a "build" -d 'Build it from scratch'
complete -c git-optimize -n "__fish_git_optimize_using_subcommand index; and __fish_seen_subcommand_from help" -f -a "update" -d 'Add what is new, finish what was stopped halfway, and repair it if it can\'t be used'
complete -c git-optimize -n "__fish_git_optimize_using_subcommand index; and __fish_seen_subcommand_from help" -f -a "verify" -d 'Compare it with the repository; exit code 1 when it is wrong'
complete -c git-optimize -n "__fish_git_optimize_using_subcommand index; and __fish_seen_subcommand_from help" -f -a "status" -d 'Say where it is, how large, and whether it is up to date'
complete -c git-optimize -n "__fish_git_optimize_using_subcommand index; and __fish_seen_subcommand_from help" -f -a "clear" -d 'Remove it'
complete -c git-optimize -n "__fish_git_optimize_using_subcommand index; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c git-optimize -n "__fish_git_optimize_using_subcommand doctor" -l fix -d 'Do what is safe at any time'
complete -c git-optimize -n "__fish_git_optimize_using_subcommand doctor" -l apply-config -d 'Set the recommended configuration in this repository, where nothing else is configured'
complete -c git-optimize -n "__fish_git_optimize_using_subcommand doctor" -l revert-config -d 'Take back exactly what --apply-config has set'
complete -c git-optimize -n "__fish_git_optimize_using_subcommand doctor" -l json -d 'One JSON object in each line'
complete -c git-optimize -n "__fish_git_optimize_using_subcommand doctor" -s h -l help -d 'Print help'
complete -c git-optimize -n "__fish_git_optimize_using_subcommand clone" -l depth -d 'Only so many commits of history; there is no index then' -r
complete -c git-optimize -n "__fish_git_optimize_using_subcommand clone" -l filter -d 'Leave out objects until they are needed, as in git clone' -r
complete -c git-optimize -n "__fish_git_optimize_using_subcommand clone" -l sparse -d 'Check out only this directory' -r -F
complete -c git-optimize -n "__fish_git_optimize_using_subcommand clone" -l bare -d 'Without a worktree'
complete -c git-optimize -n "__fish_git_optimize_using_subcommand clone" -s h -l help -d 'Print help'
complete -c git-optimize -n "__fish_git_optimize_using_subcommand report" -l html -d 'As one HTML page, which loads nothing, in this file' -r -F
complete -c git-optimize -n "__fish_git_optimize_using_subcommand report" -l json -d 'As one JSON object'
complete -c git-optimize -n "__fish_git_optimize_using_subcommand report" -l fresh -d 'Count all objects anew, even if nothing has changed since the last report'
complete -c git-optimize -n "__fish_git_optimize_using_subcommand report" -l progress -d 'Show progress even when standard error is not a terminal'
complete -c git-optimize -n "__fish_git_optimize_using_subcommand report" -s q -l quiet -d 'Show no progress'
complete -c git-optimize -n "__fish_git_optimize_using_subcommand report" -s h -l help -d 'Print help'
complete -c git-optimize -n "__fish_git_optimize_using_subcommand stats" -l since -d 'Only the last so much time (90s, 10m, 2h, 7d)' -r
complete -c git-optimize -n "__fish_git_optimize_using_subcommand stats" -l json -d 'As one JSON array, with an object for each command'
complete -c git-optimize -n "__fish_git_optimize_using_subcommand stats" -l prometheus -d 'In the text format of Prometheus'
complete -c git-optimize -n "__fish_git_optimize_using_subcommand stats" -s h -l help -d 'Print help'
complete -c git-optimize -n "__fish_git_optimize_using_subcommand cache; and not __fish_seen_subcommand_from stats clear help" -s h -l help -d 'Print help'
complete -c git-optimize -n "__fish_git_optimize_using_subcommand cache; and not __fish_seen_subcommand_from stats clear help" -f -a "stats" -d 'Each remembered file with its size and age'
complete -c git-optimize -n "__fish_git_optimize_using_subcommand cache; and not __fish_seen_subcommand_from stats clear help" -f -a "clear" -d 'Forget it; the index itself stays'
complete -c git-optimize -n "__fish_git_optimize_using_subcommand cache; and not __fish_seen_subcommand_from stats clear help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c git-optimize -n "__fish_git_optimize_using_subcommand cache; and __fish_seen_subcommand_from stats" -l json -d 'One JSON object in each line'
complete -c git-optimize -n "__fish_git_optimize_using_subcommand cache; and __fish_seen_subcommand_from stats" -s h -l help -d 'Print help'
complete -c git-optimize -n "__fish_git_optimize_using_subcommand cache; and __fish_seen_subcommand_from clear" -l pattern -d 'Only files whose name matches, with * for any characters' -r
complete -c git-optimize -n "__fish_git_optimize_using_subcommand cache; and __fish_seen_subcommand_from clear" -s h -l help -d 'Print help'
complete -c git-optimize -n "__fish_git_optimize_using_subcommand cache; and __fish_seen_subcommand_from help" -f -a "stats" -d 'Each remembered file with its size and age'
complete -c git-optimize -n "__fish_git_optimize_using_subcommand cache; and __fish_seen_subcommand_from help" -f -a "clear" -d 'Forget it; the index itself stays'
complete -c git-optimize -n "__fish_git_optimize_using_subcommand cache; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c git-optimize -n "__fish_git_optimize_using_subcommand schedule; and not __fish_seen_subcommand_from install remove show help" -l repo -d 'For this repository, not the one of the current directory' -r -F
complete -c git-optimize -n "__fish_git_optimize_using_subcommand schedule; and not __fish_seen_subcommand_from install remove show help" -l cron -d 'With cron; the default where there is one'
complete -c git-optimize -n "__fish_git_optimize_using_subcommand schedule; and not __fish_seen_subcommand_from install remove show help" -l systemd -d 'With a systemd user timer'
complete -c git-optimize -n "__fish_git_optimize_using_subcommand schedule; and not __fish_seen_subcommand_from install remove show help" -l launchd -d 'With a launchd agent (macOS)'
complete -c git-optimize -n "__fish_git_optimize_using_subcommand schedule; and not __fish_seen_subcommand_from install remove show help" -s h -l help -d 'Print help'
complete -c git-optimize -n "__fish_git_optimize_using_subcommand schedule; and not __fish_seen_subcommand_from install remove show help" -f -a "install" -d 'Make the entry, or change it'
complete -c git-optimize -n "__fish_git_optimize_using_subcommand schedule; and not __fish_seen_subcommand_from install remove show help" -f -a "remove" -d 'Take it away'
complete -c git-optimize -n "__fish_git_optimize_using_subcommand schedule; and not __fish_seen_subcommand_from install remove show help" -f -a "show" -d 'Print it'
complete -c git-optimize -n "__fish_git_optimize_using_subcommand schedule; and not __fish_seen_subcommand_from install remove show help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c git-optimize -n "__fish_git_optimize_using_subcommand schedule; and __fish_seen_subcommand_from install" -l at -d 'Every day at this time (HH:MM)' -r
complete -c git-optimize -n "__fish_git_optimize_using_subcommand schedule; and __fish_seen_subcommand_from install" -l repo -d 'For this repository, not the one of the current directory' -r -F
complete -c git-optimize -n "__fish_git_optimize_using_subcommand schedule; and __fish_seen_subcommand_from install" -l hourly -d 'Once an hour'
complete -c git-optimize -n "__fish_git_optimize_using_subcommand schedule; and __fish_seen_subcommand_from install" -l daily -d 'Once a day, at night'
complete -c git-optimize -n "__fish_git_optimize_using_subcommand schedule; and __fish_seen_subcommand_from install" -l weekly -d 'Once a week, in the night to Sunday'
complete -c git-optimize -n "__fish_git_optimize_using_subcommand schedule; and __fish_seen_subcommand_from install" -l cron -d 'With cron; the default where there is one'
complete -c git-optimize -n "__fish_git_optimize_using_subcommand schedule; and __fish_seen_subcommand_from install" -l systemd -d 'With a systemd user timer'
complete -c git-optimize -n "__fish_git_optimize_using_subcommand schedule; and __fish_seen_subcommand_from install" -l launchd -d 'With a launchd agent (macOS)'
complete -c git-optimize -n "__fish_git_optimize_using_subcommand schedule; and __fish_seen_subcommand_from install" -s h -l help -d 'Print help'
complete -c git-optimize -n "__fish_git_optimize_using_subcommand schedule; and __fish_seen_subcommand_from remove" -l repo -d 'For this repository, not the one of the current directory' -r -F
complete -c git-optimize -n "__fish_git_optimize_using_subcommand schedule; and __fish_seen_subcommand_from remove" -l cron -d 'With cron; the default where there is one'
complete -c git-optimize -n "__fish_git_optimize_using_subcommand schedule; and __fish_seen_subcommand_from remove" -l systemd -d 'With a systemd user timer'
complete -c git-optimize -n "__fish_git_optimize_using_subcommand schedule; and __fish_seen_subcommand_from remove" -l launchd -d 'With a launchd agent (macOS)'
complete -c git-optimize -n "__fish_git_optimize_using_subcommand schedule; and __fish_seen_subcommand_from remove" -s h -l help -d 'Print help'
complete -c git-optimize -n "__fish_git_optimize_using_subcommand schedule; and __fish_seen_subcommand_from show" -l repo -d 'For this repository, not the one of the current directory' -r -F
complete -c git-optimize -n "__fish_git_optimize_using_subcommand schedule; and __fish_seen_subcommand_from show" -l cron -d 'With cron; the default where there is one'
complete -c git-optimize -n "__fish_git_optimize_using_subcommand schedule; and __fish_seen_subcommand_from show" -l systemd -d 'With a systemd user timer'
complete -c git-optimize -n "__fish_git_optimize_using_subcommand schedule; and __fish_seen_subcommand_from show" -l launchd -d 'With a launchd agent (macOS)'
complete -c git-optimize -n "__fish_git_optimize_using_subcommand schedule; and __fish_seen_subcommand_from show" -s h -l help -d 'Print help'
complete -c git-optimize -n "__fish_git_optimize_using_subcommand schedule; and __fish_seen_subcommand_from help" -f -a "install" -d 'Make the entry, or change it'
complete -c git-optimize -n "__fish_git_optimize_using_subcommand schedule; and __fish_seen_subcommand_from help" -f -a "remove" -d 'Take it away'
complete -c git-optimize -n "__fish_git_optimize_using_subcommand schedule; and __fish_seen_subcommand_from help" -f -a "show" -d 'Print it'
complete -c git-optimize -n "__fish_git_optimize_using_subcommand schedule; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c git-optimize -n "__fish_git_optimize_using_subcommand help; and not __fish_seen_subcommand_from run index doctor clone report stats cache schedule help" -f -a "run" -d 'Look what is worth doing, and do it; the default'
complete -c git-optimize -n "__fish_git_optimize_using_subcommand help; and not __fish_seen_subcommand_from run index doctor clone report stats cache schedule help" -f -a "index" -d 'The index next to .git'
complete -c git-optimize -n "__fish_git_optimize_using_subcommand help; and not __fish_seen_subcommand_from run index doctor clone report stats cache schedule help" -f -a "doctor" -d 'Say what is set up, what is missing and what is in the way, with the command that mends it'
complete -c git-optimize -n "__fish_git_optimize_using_subcommand help; and not __fish_seen_subcommand_from run index doctor clone report stats cache schedule help" -f -a "clone" -d 'Clone a large repository: with the recommended configuration, and the index built'
complete -c git-optimize -n "__fish_git_optimize_using_subcommand help; and not __fish_seen_subcommand_from run index doctor clone report stats cache schedule help" -f -a "report" -d 'What the repository consists of, what is too large, and what to do about it'
complete -c git-optimize -n "__fish_git_optimize_using_subcommand help; and not __fish_seen_subcommand_from run index doctor clone report stats cache schedule help" -f -a "stats" -d 'How often the three programs ran in this repository, how long they took, and who answered'
complete -c git-optimize -n "__fish_git_optimize_using_subcommand help; and not __fish_seen_subcommand_from run index doctor clone report stats cache schedule help" -f -a "cache" -d 'What is remembered beside the index'
complete -c git-optimize -n "__fish_git_optimize_using_subcommand help; and not __fish_seen_subcommand_from run index doctor clone report stats cache schedule help" -f -a "schedule" -d 'Run by itself: install, remove or show the entry that does it'
complete -c git-optimize -n "__fish_git_optimize_using_subcommand help; and not __fish_seen_subcommand_from run index doctor clone report stats cache schedule help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c git-optimize -n "__fish_git_optimize_using_subcommand help; and __fish_seen_subcommand_from index" -f -a "build" -d 'Build it from scratch'
complete -c git-optimize -n "__fish_git_optimize_using_subcommand help; and __fish_seen_subcommand_from index" -f -a "update" -d 'Add what is new, finish what was stopped halfway, and repair it if it can\'t be used'
complete -c git-optimize -n "__fish_git_optimize_using_subcommand help; and __fish_seen_subcommand_from index" -f -a "verify" -d 'Compare it with the repository; exit code 1 when it is wrong'
complete -c git-optimize -n "__fish_git_optimize_using_subcommand help; and __fish_seen_subcommand_from index" -f -a "status" -d 'Say where it is, how large, and whether it is up to date'
complete -c git-optimize -n "__fish_git_optimize_using_subcommand help; and __fish_seen_subcommand_from index" -f -a "clear" -d 'Remove it'
complete -c git-optimize -n "__fish_git_optimize_using_subcommand help; and __fish_seen_subcommand_from cache" -f -a "stats" -d 'Each remembered file with its size and age'
complete -c git-optimize -n "__fish_git_optimize_using_subcommand help; and __fish_seen_subcommand_from cache" -f -a "clear" -d 'Forget it; the index itself stays'
complete -c git-optimize -n "__fish_git_optimize_using_subcommand help; and __fish_seen_subcommand_from schedule" -f -a "install" -d 'Make the entry, or change it'
complete -c git-optimize -n "__fish_git_optimize_using_subcommand help; and __fish_seen_subcommand_from schedule" -f -a "remove" -d 'Take it away'
complete -c git-optimize -n "__fish_git_optimize_using_subcommand help; and __fish_seen_subcommand_from schedule" -f -a "show" -d 'Print it'
complete -c git-optimize -n 'not __fish_seen_subcommand_from index doctor clone report stats cache schedule' -l task -x -a 'temporaries pack-refs multi-pack-index index status commit-graph loose-objects repack bitmap reflog rerere worktrees'
