#compdef git-@NAME@
#description @ABOUT@
# Also what zsh's own _git calls for "git @NAME@". Generated from the definitions of the options: see tests/generated.

_git-@NAME@ () {
  # Where the name is typed with its dash, _git may not have been loaded: it calls this function when it is.
  if (( ! $+functions[_git-@GIT@] && $+functions[_git] && ! $+_git_fast_loads_git )); then
    local _git_fast_loads_git=1 service=git-@NAME@
    _git
    return
  fi

  local -a own=(
@OWN@  )
  integer ret=1
  # The value of an option of ours is no revision and no path.
  if [[ $words[CURRENT-1] == (@VALUED@) || $words[CURRENT] == (@VALUED@)=* ]]; then
    _arguments $own
    return
  fi
  _arguments $own && ret=0
  if (( $+functions[_git-@GIT@] )); then
    _git-@GIT@ && ret=0
  else
    _files && ret=0
  fi
  return ret
}

_git-@NAME@ "$@"
