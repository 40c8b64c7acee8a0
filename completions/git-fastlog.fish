# fish completion for git-fastlog; fish's completion of git calls it for "git fastlog".
# Generated from the definitions of the options: see tests/generated.

complete -c git-fastlog -w 'git log'
complete -c git-fastlog -l page -d 'Show page N, counted from 1, of --per-page commits' -r
complete -c git-fastlog -l per-page -d 'Commits on a page [default: fastlog.pageSize, 30]' -r
complete -c git-fastlog -l cursor -d 'Continue behind the page that gave this token, whatever commits came since' -r
complete -c git-fastlog -l contains-path -d 'Every file that commits have touched and whose path matches the pathspec, deleted ones included' -r
complete -c git-fastlog -l threads -d 'Threads to render with, 256 at most [default: the number of processors]' -r
complete -c git-fastlog -l json -d 'One JSON object per commit and a trailer with page, cursor and has_more'
complete -c git-fastlog -l count -d 'Print the number of commits instead of the commits'
complete -c git-fastlog -l shortlog -d 'Summarize the commits by author, as git shortlog does'
complete -c git-fastlog -l last-modified -d 'For each entry at the top of the tree, or each path given, the newest commit that changed it, as git last-modified does'
complete -c git-fastlog -l no-fallback -d 'Fail with exit code 128 and the reason instead of handing over to git'
complete -c git-fastlog -l cross-check -d 'Run git as well and report any difference (exit code 1)'
complete -c git-fastlog -l no-index -d 'Don\'t use the index: hand over to git'
complete -c git-fastlog -l performance-stats -d 'Say on stderr how it was served, what of the index was opened, how many newer commits were read, whether a remembered answer of git was used, and time, CPU time and peak memory until then'
complete -c git-fastlog -l version -d 'Print the version, and that of git'
complete -c git-fastlog -s h -l help -d 'Print help (see more with \'--help\')'
