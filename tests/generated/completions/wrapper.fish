# fish completion for git-@NAME@; fish's completion of git calls it for "git @NAME@".
# Generated from the definitions of the options: see tests/generated.

complete -c git-@NAME@ -w 'git @GIT@'
