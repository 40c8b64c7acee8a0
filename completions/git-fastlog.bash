# bash completion for git-fastlog, and inside git's own completion for "git fastlog".
# Generated from the definitions of the options: see tests/generated.

_git_fastlog ()
{
	local option have IFS=$' \t\n'

	case "$prev" in
	--contains-path)
		__git_complete_index_file "--cached"
		return
		;;
	--page|--per-page|--cursor|--threads)
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
	--color=*)
		__gitcomp "always never auto" "" "${cur#*=}"
		return
		;;
	--diff-merges=*)
		__gitcomp "off none on first-parent separate combined dense-combined remerge" "" "${cur#*=}"
		return
		;;
	--encoding=*)
		__gitcomp "UTF-8" "" "${cur#*=}"
		return
		;;
	--group=*)
		__gitcomp "author committer" "" "${cur#*=}"
		return
		;;
	--word-diff=*)
		__gitcomp "color plain porcelain none" "" "${cur#*=}"
		return
		;;
	esac

	_git_log

	case "$cur" in
	--*)
		have=" ${COMPREPLY[*]} "
		for option in --page= --per-page= --cursor= --json --count --shortlog --last-modified --contains-path= --no-fallback --cross-check --no-index --threads= --performance-stats --version --help $(__git_fastlog_options); do
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
	local options="--not --all --branches --branches= --tags --tags= --remotes --remotes= --glob= --exclude= --no-walk --no-walk= --do-walk --max-count= --skip= --since= --after= --until= --before= --since-as-filter= --max-age= --min-age= --merges --no-merges --min-parents= --max-parents= --no-min-parents --no-max-parents --first-parent --follow --topo-order --date-order --author-date-order --reverse --boundary --left-right --left-only --right-only --source --no-source --children --parents --graph --no-graph --full-history --dense --sparse --simplify-merges --simplify-by-decoration --ancestry-path --ancestry-path= --show-pulls --remove-empty --author= --committer= --grep= --all-match --invert-grep --regexp-ignore-case --basic-regexp --extended-regexp --fixed-strings --perl-regexp --pretty --pretty= --format= --oneline --abbrev-commit --no-abbrev-commit --abbrev --abbrev= --no-abbrev --date= --relative-date --encoding= --expand-tabs --expand-tabs= --no-expand-tabs --encode-email-headers --no-encode-email-headers --notes --notes= --show-notes --show-notes= --no-notes --decorate --decorate= --no-decorate --decorate-refs= --decorate-refs-exclude= --clear-decorations --color --color= --no-color --mailmap --use-mailmap --no-mailmap --no-use-mailmap --no-patch --quiet --full-index --no-renames --full-diff --name-only --name-status --raw --patch --unified= --patch-with-raw --patch-with-stat --minimal --patience --histogram --anchored= --diff-algorithm= --stat --stat= --stat-width= --stat-name-width= --stat-count= --compact-summary --numstat --shortstat --dirstat --dirstat= --summary --binary --find-renames --find-renames= --find-copies --find-copies= --find-copies-harder --text --ignore-space-at-eol --ignore-space-change --ignore-all-space --ignore-blank-lines --inter-hunk-context= --function-context --ext-diff --no-ext-diff --textconv --no-textconv --src-prefix= --dst-prefix= --no-prefix --word-diff --word-diff= --color-words --color-words= --cc --diff-merges= --no-diff-merges --combined-all-paths --pickaxe-regex --pickaxe-all --find-object= --diff-filter= --stdin --end-of-options --exclude-first-parent-only --walk-reflogs --reflog --exclude-hidden= --bisect --merge --cherry --cherry-pick --cherry-mark --grep-reflog= --show-signature --show-linear-break --show-linear-break= --log-size --ignore-missing --alternate-refs --single-worktree --always --break-rewrites --break-rewrites= --check --color-moved --color-moved= --no-color-moved --color-moved-ws= --no-color-moved-ws --cumulative --dd --default= --default-prefix --dirstat-by-file --dirstat-by-file= --early-output --early-output= --exit-code --no-exit-code --filter= --no-filter --ignore-cr-at-eol --ignore-matching-lines= --no-ignore-matching-lines --ignore-submodules --ignore-submodules= --in-commit-order --indent-heuristic --no-indent-heuristic --indexed-objects --irreversible-delete --ita-invisible-in-index --ita-visible-in-index --line-prefix= --no-commit-id --no-compact-summary --no-decorate-refs --no-decorate-refs-exclude --no-find-copies-harder --no-follow --no-full-index --no-function-context --no-kept-objects --no-kept-objects= --no-quiet --no-show-signature --no-text --objects --objects-edge --objects-edge-aggressive --output= --output-indicator-context= --output-indicator-new= --output-indicator-old= --relative --relative= --no-relative --remerge-diff --rename-empty --no-rename-empty --root --rotate-to= --skip-to= --show-notes-by-default --standard-notes --no-standard-notes --stat-graph-width= --submodule --submodule= --unpacked --verify-objects --word-diff-regex= --ws-error-highlight=" option
	if [ -n "$(__git_find_on_cmdline "--shortlog")" ]; then
		options+=" --summary --numbered --email --committer --group= --max-count= --source --no-source --graph --boundary --left-right --children --parents --follow --simplify-by-decoration"
	fi
	for option in $options; do
		# As git does: these are many, and few look for them.
		if [[ $option != --no-* || $cur == --no* ]]; then
			printf '%s\n' "$option"
		fi
	done
}

# As git's own __git_main: what these remember is about one command line.
__git_fastlog_main ()
{
	local __git_dir __git_repo_path __git_C_args C_args_count=0

	_git_fastlog
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
	__git_complete git-fastlog __git_fastlog_main
else
	complete -o bashdefault -o default -W "--page --per-page --cursor --json --count --shortlog --last-modified --contains-path --no-fallback --cross-check --no-index --threads --performance-stats --version --help" git-fastlog
fi
