# bash completion for git-optimize, and inside git's own completion for "git optimize".
# Generated from the definitions of the options: see tests/generated.

_git_optimize ()
{
	local path="" options="" commands="" i

	for ((i = __git_cmd_idx + 1; i < cword; i++)); do
		case "$path,${words[i]}" in
		",run"|",index"|",doctor"|",clone"|",report"|",stats"|",cache"|",schedule"|" index,build"|" index,update"|" index,verify"|" index,status"|" index,clear"|" cache,stats"|" cache,clear"|" schedule,install"|" schedule,remove"|" schedule,show")
			path+=" ${words[i]}"
			;;
		esac
	done
	case "$prev" in
	--task)
		__gitcomp "temporaries pack-refs multi-pack-index index status commit-graph loose-objects repack bitmap reflog rerere worktrees"
		return
		;;
	--html|--repo|--sparse)
		return # a directory: bash's own
		;;
	--at|--depth|--filter|--pattern|--sample|--since|--time-budget)
		compopt +o bashdefault +o default 2>/dev/null
		return
		;;
	esac
	case "$cur" in
	--task=*)
		__gitcomp "temporaries pack-refs multi-pack-index index status commit-graph loose-objects repack bitmap reflog rerere worktrees" "" "${cur#*=}"
		return
		;;
	esac
	case "$path" in
	"")
		options="--auto --full --task= --dry-run --time-budget= --detach --low-priority --only-on-ac --json --quiet --version --help"
		commands="run index doctor clone report stats cache schedule"
		;;
	" run")
		options="--auto --full --task= --dry-run --time-budget= --detach --low-priority --only-on-ac --json --quiet --help"
		;;
	" index")
		options="--quiet --progress --help"
		commands="build update verify status clear"
		;;
	" doctor")
		options="--fix --apply-config --revert-config --json --help"
		;;
	" clone")
		options="--depth= --filter= --sparse= --bare --help"
		;;
	" report")
		options="--json --html= --fresh --progress --quiet --help"
		;;
	" stats")
		options="--json --prometheus --since= --help"
		;;
	" cache")
		options="--help"
		commands="stats clear"
		;;
	" schedule")
		options="--cron --systemd --launchd --repo= --help"
		commands="install remove show"
		;;
	" index build")
		options="--quiet --progress --help"
		;;
	" index update")
		options="--quiet --progress --help"
		;;
	" index verify")
		options="--sample= --deep --all --quiet --progress --help"
		;;
	" index status")
		options="--quiet --progress --help"
		;;
	" index clear")
		options="--quiet --progress --help"
		;;
	" cache stats")
		options="--json --help"
		;;
	" cache clear")
		options="--pattern= --help"
		;;
	" schedule install")
		options="--hourly --daily --weekly --at= --cron --systemd --launchd --repo= --help"
		;;
	" schedule remove")
		options="--cron --systemd --launchd --repo= --help"
		;;
	" schedule show")
		options="--cron --systemd --launchd --repo= --help"
		;;
	esac
	case "$cur" in
	-*)
		__gitcomp "$options"
		;;
	*)
		if [ -n "$commands" ]; then
			__gitcomp "$commands"
		fi
		;;
	esac
}

# As git's own __git_main: what these remember is about one command line.
__git_optimize_main ()
{
	local __git_dir __git_repo_path __git_C_args C_args_count=0

	_git_optimize
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
	__git_complete git-optimize __git_optimize_main
else
	complete -o bashdefault -o default -W "run index doctor clone report stats cache schedule --auto --full --task --dry-run --time-budget --detach --low-priority --only-on-ac --json --quiet --version --help" git-optimize
fi
