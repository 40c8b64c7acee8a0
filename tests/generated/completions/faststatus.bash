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
@VALUES@	esac

	_git_status

	case "$cur" in
	--*)
		have=" ${COMPREPLY[*]} "
		for option in @OWN@ @STATUS@; do
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

