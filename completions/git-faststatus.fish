# fish completion for git-faststatus; fish's completion of git calls it for "git faststatus".
# Generated from the definitions of the options: see tests/generated.

complete -c git-faststatus -w 'git status'
complete -c git-faststatus -l threads -d 'Threads to scan with, 256 at most [default: the number of processors]' -r
complete -c git-faststatus -l repos-from -d 'One line for each repository whose path is a line of FILE (- for standard input)' -r -F
complete -c git-faststatus -l json -d 'One JSON object with the branch and one entry per path'
complete -c git-faststatus -l summary -d 'One line with the branch, what is in progress, and the number of changes of each kind'
complete -c git-faststatus -l exit-code -d 'Exit with 1 if there is any change or untracked file'
complete -c git-faststatus -l verify -d 'Compare the contents of all tracked files instead of trusting their stat data'
complete -c git-faststatus -l no-index -d 'Neither use nor write the snapshot of the worktree'
complete -c git-faststatus -l no-fallback -d 'Fail with exit code 128 and the reason instead of handing over to git'
complete -c git-faststatus -l cross-check -d 'Run git as well and report any difference (exit code 1)'
complete -c git-faststatus -l performance-stats -d 'Say on stderr how it was served, what was looked at, and time, CPU time and peak memory'
complete -c git-faststatus -l worktrees -d 'One line for each worktree of this repository'
complete -c git-faststatus -l version -d 'Print the version, and that of git'
complete -c git-faststatus -s h -l help -d 'Print help (see more with \'--help\')'
