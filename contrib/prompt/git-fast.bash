# The state of the worktree in the prompt of bash, from git faststatus. In ~/.bashrc:
#
#     . /usr/local/share/git-fast/prompt/git-fast.bash
#     PS1='\u@\h:\w${git_fast_status:+ ($git_fast_status)}\$ '
#
# In single quotes: the variable is read each time. What is in it is shown as it is and never executed.

__git_fast_prompt ()
{
	local code=$?
	git_fast_status=$(git-faststatus --summary 2>/dev/null)
	# Who looks at $? in the prompt sees that of the command.
	return "$code"
}

if [[ "${PROMPT_COMMAND-}" != *__git_fast_prompt* ]]; then
	PROMPT_COMMAND="__git_fast_prompt${PROMPT_COMMAND:+; $PROMPT_COMMAND}"
fi
