# SPDX-License-Identifier: BSD-2-Clause
# Completion of sigfault in bash: sigfault itself says what may follow (harness/cli/complete.h).

_sigfault()
{
	local cur words cword line
	_get_comp_words_by_ref -n =: cur words cword || return

	COMPREPLY=()
	while IFS= read -r line; do
		case $line in
		:files) compopt -o filenames 2>/dev/null; mapfile -t -O ${#COMPREPLY[@]} COMPREPLY < <(compgen -f -- "$cur") ;;
		:folders) compopt -o filenames 2>/dev/null; mapfile -t -O ${#COMPREPLY[@]} COMPREPLY < <(compgen -d -- "$cur") ;;
		:nospace) compopt -o nospace 2>/dev/null ;;
		*) COMPREPLY+=("${line%%$'\t'*}") ;;
		esac
	done < <("${words[0]}" complete -- "${words[@]:1:cword}" 2>/dev/null)

	# bash takes KEY=VALUE for words of their own: what it has already is not put in again.
	if [[ $cur == *=* && $COMP_WORDBREAKS == *=* ]]; then
		local before=${cur%"${cur##*=}"} i
		for i in "${!COMPREPLY[@]}"; do
			COMPREPLY[i]=${COMPREPLY[i]#"$before"}
		done
	fi
} &&
complete -F _sigfault sigfault
