_git_fastlog ()
{
	local option have IFS=$' \t\n'

	case "$prev" in
	--contains-path)
		__git_complete_index_file "--cached"
		return
		;;
	@VALUED@)
		# Numbers and tokens: there is nothing to choose from.
		compopt +o bashdefault +o default 2>/dev/null
		return
		;;
	esac
	case "$cur" in
	--contains-path=*)
		cur="${cur#*=}" __git_complete_index_file "--cached"
		return
		;;
@VALUES@	esac

	_git_log

	case "$cur" in
	--*)
		have=" ${COMPREPLY[*]} "
		for option in @OWN@ $(__git_fastlog_options); do
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

# Options of git log that are answered, and those that belong to a mode that was asked for.
__git_fastlog_options ()
{
	local options="@LOG@" option
	if [ -n "$(__git_find_on_cmdline "--shortlog")" ]; then
		options+=" @SHORTLOG@"
	fi
	for option in $options; do
		# As git does: these are many, and few look for them.
		if [[ $option != --no-* || $cur == --no* ]]; then
			printf '%s\n' "$option"
		fi
	done
}

