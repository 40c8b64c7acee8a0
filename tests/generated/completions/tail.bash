# As git's own __git_main: what these remember is about one command line.
__git_@NAME@_main ()
{
	local __git_dir __git_repo_path __git_C_args C_args_count=0

	_git_@NAME@
}

# Where the name is typed with its dash, git's completion may not have been loaded.
if ! declare -F __git_complete >/dev/null; then
	if declare -F _comp_load >/dev/null; then
		_comp_load git
	elif declare -F __load_completion >/dev/null; then
		__load_completion git
	fi
fi
if declare -F __git_complete >/dev/null; then
	__git_complete git-@NAME@ __git_@NAME@_main
else
	complete -o bashdefault -o default -W "@PLAIN@" git-@NAME@
fi
