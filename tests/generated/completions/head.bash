# bash completion for git-@NAME@, and inside git's own completion for "git @NAME@".
# Generated from the definitions of the options: see tests/generated.

