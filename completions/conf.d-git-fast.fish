# In fish, completions of git itself for our commands: fish 3.6 does not find them by itself, later versions do.
# This belongs in conf.d. Generated from the definitions of the options: see tests/generated.

complete -c git -n __fish_git_needs_command -a fastlog -d 'git log from an index: the same answer, at once'
complete -f -c git -n '__fish_git_using_command fastlog' -a '(__fish_git_complete_custom_command fastlog)'
complete -c git -n __fish_git_needs_command -a faststatus -d 'git status from a parallel scan and a snapshot: the same answer, sooner'
complete -f -c git -n '__fish_git_using_command faststatus' -a '(__fish_git_complete_custom_command faststatus)'
complete -c git -n __fish_git_needs_command -a optimize -d 'Keep a repository fast'
complete -f -c git -n '__fish_git_using_command optimize' -a '(__fish_git_complete_custom_command optimize)'
