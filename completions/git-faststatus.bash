# bash completion for git-faststatus, and inside git's own completion for "git faststatus".
# Generated from the definitions of the options: see tests/generated.

_git_faststatus ()
{
	local option have IFS=$' \t\n'

	case "$prev" in
	--repos-from)
		return # a file: bash's own
		;;
	--threads)
		compopt +o bashdefault +o default 2>/dev/null
		return
		;;
	esac
	case "$cur" in
	--ignored=*)
		__gitcomp "traditional no matching" "" "${cur#*=}"
		return
		;;
	--porcelain=*)
		__gitcomp "v1 v2" "" "${cur#*=}"
		return
		;;
	esac

	_git_status

	case "$cur" in
	--*)
		have=" ${COMPREPLY[*]} "
		for option in --json --summary --exit-code --verify --no-index --threads= --no-fallback --cross-check --performance-stats --worktrees --repos-from= --version --help --short --long --porcelain --porcelain= --null --branch --no-branch --show-stash --no-show-stash --ahead-behind --no-ahead-behind --untracked-files --untracked-files= --ignored --ignored= --no-renames --renames --find-renames --find-renames= --column --column= --no-column --ignore-submodules --ignore-submodules= --verbose --no-verbose --no-short --no-long --no-porcelain --no-null --no-untracked-files --no-ignored --no-ignore-submodules; do
			if [[ $option != "$cur"* || $have == *" $option "* ]]; then
				continue
			fi
			have+="$option "
			if [[ $option != *= ]]; then
				option+=" "
			fi
			COMPREPLY+=("$option")
		done
		;;
	esac
}

# As git's own __git_main: what these remember is about one command line.
__git_faststatus_main ()
{
	local __git_dir __git_repo_path __git_C_args C_args_count=0

	_git_faststatus
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
	__git_complete git-faststatus __git_faststatus_main
else
	complete -o bashdefault -o default -W "--json --summary --exit-code --verify --no-index --threads --no-fallback --cross-check --performance-stats --worktrees --repos-from --version --help" git-faststatus
fi
