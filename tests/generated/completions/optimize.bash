_git_optimize ()
{
	local path="" options="" commands="" i

	for ((i = __git_cmd_idx + 1; i < cword; i++)); do
		case "$path,${words[i]}" in
@PATHS@			path+=" ${words[i]}"
			;;
		esac
	done
	case "$prev" in
	--task)
		__gitcomp "@TASKS@"
		return
		;;
	@DIRS@)
		return # a directory: bash's own
		;;
	@VALUED@)
		compopt +o bashdefault +o default 2>/dev/null
		return
		;;
	esac
	case "$cur" in
	--task=*)
		__gitcomp "@TASKS@" "" "${cur#*=}"
		return
		;;
	esac
	case "$path" in
@TREE@	esac
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

