# The state of the worktree in the prompt of zsh, from git faststatus. In ~/.zshrc:
#
#     . /usr/local/share/git-fast/prompt/git-fast.zsh
#     PROMPT='%n@%m:%~%(7V. (%7v).)%# '
#
# It is the seventh element of psvar, so PROMPT_SUBST is not needed, and nothing in a branch's name is expanded.

_git_fast_prompt () {
  psvar[7]=$(git-faststatus --summary 2>/dev/null)
}

autoload -Uz add-zsh-hook
add-zsh-hook precmd _git_fast_prompt
